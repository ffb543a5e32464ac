import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/**
 * Booking a return: what belongs to the other way of return is hidden, and all devices
 * can be ticked at once, or those of one kind. A fee that depends on how many are ticked
 * is the one of the list that the page brought. Without it the form works as well, and
 * shows everything, and by what the fee is counted.
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
        "input[name='device']": {"t-on-change": this.updateContent},
        ".o_also_waas_fee[data-totals] .o_also_waas_fee_amount": {
            "t-out": (el) => this.getFee(el),
        },
    };

    getFee(el) {
        this.byCount = this.byCount || el.textContent;
        const totals = JSON.parse(el.closest("[data-totals]").dataset.totals);
        const ticked = this.el.querySelectorAll("input[name='device']:checked").length;
        return totals[ticked - 1] || this.byCount;
    }

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
