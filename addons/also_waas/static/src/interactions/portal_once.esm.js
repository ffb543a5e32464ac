import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

const PAUSE = 10000;

/**
 * A form is sent once, however often its button is pressed. Whoever comes back to its
 * page, or waited in vain, sends it again.
 */
export class PortalOnce extends Interaction {
    static selector =
        "form[method='post'][action^='/my/waas/'], form[method='post'][action^='/waas/sign/']";
    dynamicContent = {
        _root: {"t-on-submit": this.onSubmit},
    };

    setup() {
        this.isSent = false;
    }

    onSubmit(ev) {
        if (this.isSent) {
            ev.preventDefault();
            return;
        }
        this.isSent = true;
        this.waitForTimeout(() => {
            this.isSent = false;
        }, PAUSE);
    }
}

registry.category("public.interactions").add("also_waas.portal_once", PortalOnce);
