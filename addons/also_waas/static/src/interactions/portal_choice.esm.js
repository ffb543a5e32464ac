import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const PAUSE = 250;

/**
 * The choice of a bundle in the portal: price and commission follow every change. Without
 * it the form works as well, and shows both once it is saved.
 */
export class PortalChoice extends Interaction {
    static selector = ".o_also_waas_choice";
    dynamicContent = {
        _root: {
            "t-on-input": this.debounced(this.look, PAUSE),
            "t-on-change": this.debounced(this.look, PAUSE),
        },
    };

    async look() {
        const choice = Object.fromEntries(new FormData(this.el));
        delete choice.csrf_token;
        const price = await this.waitFor(rpc(this.el.dataset.priceUrl, choice));
        for (const place of this.el.querySelectorAll("[data-amount]")) {
            place.textContent = price[place.dataset.amount] || "–";
        }
        this.show("[data-problem]", price.missing);
        const refusal = this.show("[data-refusal]", price.error);
        refusal.textContent = price.error || "";
    }

    show(selector, isShown) {
        const place = this.el.querySelector(selector);
        place.classList.toggle("d-none", !isShown);
        return place;
    }
}

/** A new end customer is asked for only where none of the known ones is chosen. */
export class PortalNewDeal extends Interaction {
    static selector = ".o_also_waas_new_deal";
    dynamicContent = {
        "#customer": {"t-on-change": this.updateContent},
        ".o_also_waas_new_customer": {
            "t-att-class": () => ({"d-none": !this.isNew}),
            "t-att-disabled": () => (this.isNew ? null : "1"),
        },
    };

    get isNew() {
        return this.el.querySelector("#customer").value === "new";
    }
}

registry
    .category("public.interactions")
    .add("also_waas.portal_choice", PortalChoice)
    .add("also_waas.portal_new_deal", PortalNewDeal);
