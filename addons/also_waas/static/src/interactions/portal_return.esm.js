import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/**
 * Booking a return: what belongs to the other way of return is hidden, and all devices
 * can be ticked at once, or those of one kind. Without it the form works as well, and shows everything.
 */
export class PortalReturn extends Interaction {
    static selector = ".o_also_waas_return_form";
    dynamicContent = {
        "input[name='method']": {"t-on-change": this.updateContent},
        "[data-method]": {
            "t-att-class": (el) => ({"d-none": !this.isChosen(el)}),
            "t-att-disabled": (el) => (this.isChosen(el) ? null : "1"),
        },
        ".o_also_waas_all": {"t-on-change": this.tickAll},
    };

    isChosen(el) {
        const chosen = this.el.querySelector("input[name='method']:checked");
        return chosen?.value === el.dataset.method;
    }

    tickAll(ev) {
        const {checked} = ev.currentTarget;
        const devices = ev.currentTarget.closest(".o_also_waas_choose_devices");
        for (const box of devices.querySelectorAll("input[type='checkbox']")) {
            box.checked = checked;
        }
    }
}

registry.category("public.interactions").add("also_waas.portal_return", PortalReturn);
