import {
    drawSignature,
    goTo,
    openRow,
    pick,
    signForAlso,
} from "@also_waas/../tests/tours/waas_steps.esm";
import {registry} from "@web/core/registry";

/*
 * What happens to a contract that runs, and to its devices when it is over, as the
 * people at ALSO do it. The world is built by tests/common/test_tours.py; each tour is one
 * person's part.
 */

const {DateTime} = luxon;

function showTab(name) {
    return {
        content: `Show the tab ${name}`,
        trigger: `.o_notebook .nav-link[name='${name}']`,
        run: "click",
    };
}

function inState(label) {
    return {
        content: `It is ${label}`,
        trigger: `.o_arrow_button_current:contains('${label}')`,
    };
}

function saysAmount(field, amount) {
    return {trigger: `.o_field_widget[name='${field}']:contains('${amount}')`};
}

function fill(field, text) {
    return {
        content: `Fill in ${field}`,
        trigger: `.o_field_widget[name='${field}'] input`,
        run: `edit ${text}`,
    };
}

function fillMoment(field, moment) {
    const input = `.o_field_widget[name='${field}'] input`;
    return [
        {
            trigger: `.o_field_widget[name='${field}'] button, ${input}`,
            run: "click",
        },
        {
            content: `Choose ${field}`,
            trigger: input,
            run: `edit ${moment.toFormat("MM/dd/yyyy HH:mm:ss")} && press Enter`,
        },
    ];
}

function handOver() {
    return [
        {trigger: "button[name='action_hand_over']", run: "click"},
        {
            content: "Counted, sealed and signed (R15)",
            trigger: ".modal .o_field_widget[name='counted'] input",
            run: "edit 3",
        },
        fill("seals", "A10442"),
        fill("collected_by", "Driver"),
        ...drawSignature(),
        {trigger: ".modal button[name='action_collect']", run: "click"},
        {trigger: "body:not(:has(.modal))"},
    ];
}

function confirmWith(button) {
    return [
        {trigger: `button[name='${button}']`, run: "click"},
        {
            content: "Yes, really",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
    ];
}

function openContract() {
    return openRow("Customer One");
}

function leave() {
    return goTo("waas-contracts");
}

registry.category("web_tour.tours").add("waas_extend", {
    url: "/odoo/waas-contracts",
    steps: () => [
        ...openContract(),
        {trigger: "button[name='action_waas_extend']", run: "click"},
        {
            content: "As long as every device can be kept under warranty",
            trigger: ".o_field_widget[name='months'] input:value(18)",
        },
        showTab("preview"),
        {
            trigger: ".o_also_waas_offers tr:contains('15'):contains('Possible')",
        },
        {
            content: "Longer is not possible, because of one serial number",
            trigger: ".o_also_waas_offers tr:contains('21'):contains('Laptop-1')",
        },
        {
            content: "And month 36 is the last (R12)",
            trigger:
                ".o_also_waas_offers tr:contains('39'):contains('36 months at most')",
        },
        {
            content: "18 x 237.00, at the original price",
            trigger: ".o_field_widget[name='total_after']:contains('4,266.00')",
        },
        {trigger: "button[name='action_submit']", run: "click"},
        inState("To Check and Sign"),
        {
            content: "The exposure grows, so the credit officer looks again",
            trigger: "[name='waas_blocker_html'] [data-blocker='credit_pending']",
        },
        {
            trigger: "[name='waas_blocker_html'] [data-blocker='customer_signature']",
        },
        ...leave(),
    ],
});

registry.category("web_tour.tours").add("waas_approve_extension", {
    url: "/odoo/waas-credit-checks",
    steps: () => [
        ...openRow("Customer One"),
        {
            content: "Six more months of 237.00",
            trigger: ".o_field_widget[name='order_amount']:contains('1,422.00')",
        },
        {trigger: "button[name='action_decide']", run: "click"},
        {
            trigger: ".modal .o_field_widget[name='approved_amount'] input",
            run: "edit 9000",
        },
        {trigger: ".modal button[name='action_approve']", run: "click"},
        inState("Approved"),
    ],
});

registry.category("web_tour.tours").add("waas_countersign_change", {
    url: "/odoo/waas-changes",
    steps: () => [
        ...openRow("Customer One"),
        ...signForAlso("action_countersign"),
        inState("Applied"),
        ...leave(),
    ],
});

registry.category("web_tour.tours").add("waas_upgrade", {
    url: "/odoo/waas-contracts",
    steps: () => [
        ...openContract(),
        {trigger: "button[name='action_waas_upgrade']", run: "click"},
        {
            content: "What comes",
            trigger:
                ".o_field_widget[name='line_ids'] .o_field_x2many_list_row_add button," +
                ".o_field_widget[name='line_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_selected_row td[name='product_id'] input",
            run: "edit Premium",
        },
        {
            trigger: ".ui-menu-item > a:contains('Premium instead of Basic')",
            run: "click",
        },
        {
            content: "3 x 6.50 on top of 3 x 79.00",
            trigger: ".o_field_widget[name='monthly_after']:contains('256.50')",
        },
        {
            content: "For the 14 months that are not invoiced",
            trigger: ".o_field_widget[name='growth_amount']:contains('273.00')",
        },
        saysAmount("commission_amount", "3.00"),
        showTab("preview"),
        {trigger: "[name='preview_html']:contains('256.50')"},
        {trigger: "button[name='action_submit']", run: "click"},
        inState("To Check and Sign"),
        {
            content: "The credit that was approved has room for it",
            trigger:
                "[name='waas_blocker_html']:not(:has([data-blocker^='credit'])) [data-blocker='customer_signature']",
        },
        ...leave(),
    ],
});

registry.category("web_tour.tours").add("waas_leave", {
    url: "/odoo/waas-contracts",
    steps: () => [
        ...openContract(),
        {trigger: "button[name='action_waas_leaving_cost']", run: "click"},
        {
            content: "Only to look at",
            trigger: ".modal .o_also_waas_cost tr.fw-bold:contains('3,591.00')",
        },
        {
            content: "And to go on with",
            trigger: ".modal button[name='action_prepare']",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
        saysAmount("invoiced_amount", "948.00"),
        saysAmount("owed_amount", "3,591.00"),
        showTab("preview"),
        {
            content: "It costs the total of the contract (R11)",
            trigger: ".o_also_waas_cost tr:contains('4,539.00')",
        },
        {trigger: ".o_also_waas_cost tr.fw-bold:contains('3,591.00')"},
        {
            content: "What comes back",
            trigger: "[name='preview_html'] li:contains('Laptop-3')",
        },
        // Nobody signs here: it is booked when it is sent.
        ...confirmWith("action_submit"),
        inState("Applied"),
        ...leave(),
    ],
});

registry.category("web_tour.tours").add("waas_see_final_invoice", {
    url: "/odoo/waas-changes",
    steps: () => [
        {
            content: "What is applied is not under way any more",
            trigger: ".o_facet_remove",
            run: "click",
        },
        ...openRow("Early Termination"),
        {
            content: "What was shown is what is invoiced",
            trigger: "button[name='action_view_invoice']",
            run: "click",
        },
        {trigger: ".o_field_widget[name='tax_totals']:contains('3,591.00')"},
        ...leave(),
    ],
});

registry.category("web_tour.tours").add("waas_order_pickup", {
    url: "/odoo/waas-returns",
    steps: () => [
        ...openRow("Customer One"),
        {
            content: "The end of the contract asked for its devices",
            trigger:
                ".o_field_widget[name='line_ids'] .o_data_row:contains('Laptop-3')",
        },
        {
            content: "A certified company collects them (R15)",
            trigger: ".o_field_widget[name='method'] label:contains('Secure pick-up')",
            run: "click",
        },
        ...pick("pickup_address_id", "Customer One"),
        fill("pickup_contact", "Porter"),
        ...fillMoment("pickup_from", DateTime.now().plus({days: 3}).set({hour: 9})),
        ...fillMoment("pickup_to", DateTime.now().plus({days: 3}).set({hour: 11})),
        ...pick("processor_id", "Wiper"),
        saysAmount("fee_amount", "45.00"),
        {trigger: "button[name='action_announce']", run: "click"},
        inState("Announced"),
        ...confirmWith("action_confirm_pickup"),
        inState("Pick-up Confirmed"),
        ...goTo("waas-returns"),
    ],
});

registry.category("web_tour.tours").add("waas_receive", {
    url: "/odoo/waas-returns",
    steps: () => [
        ...openRow("Customer One"),
        ...handOver(),
        inState("In Transit"),
        {trigger: "button[name='action_receive']", run: "click"},
        {
            content: "What was sealed is there to be compared",
            trigger: ".modal .o_field_widget[name='proof']:contains('A10442')",
        },
        {
            content: "Scan what comes",
            trigger: ".modal .o_field_widget[name='scan'] input",
            run: "edit Laptop-1 && press Enter",
        },
        {trigger: ".modal .o_data_row:contains('Laptop-1'):contains('Expected with')"},
        {
            content: "Several at once, as a scanner with a memory sends them",
            trigger: ".modal .o_field_widget[name='scan'] input",
            run: "edit Laptop-2 Laptop-3 Typo-9 && press Enter",
        },
        {
            content: "What nobody knows is answered at once",
            trigger: ".modal .o_data_row:contains('Typo-9'):contains('Unknown')",
        },
        {
            content: "Nothing is to come any more",
            trigger: ".modal .o_field_widget[name='expected_count']:contains('0')",
        },
        {trigger: ".modal .modal-footer button[name='action_receive']", run: "click"},
        {trigger: "body:not(:has(.modal))"},
        inState("Received"),
        {
            content: "The unknown one is put aside",
            trigger: ".o_notebook .nav-link[name='findings']",
        },
        ...goTo("waas-put-aside"),
        {
            content: "Say what became of it",
            trigger: ".o_data_row:contains('Typo-9') td[name='note']",
            run: "click",
        },
        {
            trigger: ".o_data_row td[name='note'] input",
            run: "edit The sticker of a box",
        },
        {trigger: ".o_data_row button[name='action_settle']", run: "click"},
        {
            content: "No unidentified devices any more",
            trigger: ".o_view_nocontent:contains('No unidentified devices')",
        },
        ...goTo("waas-erasures"),
    ],
});

registry.category("web_tour.tours").add("waas_certify", {
    url: "/odoo/waas-erasures",
    steps: () => [
        {trigger: ".o_list_view .o_data_row:eq(2)"},
        {
            content: "Everything that waits",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name='action_certify']",
            run: "click",
        },
        ...pick("processor_id", "Wiper", ".modal"),
        {
            content: "The certificate of the processor",
            trigger: ".modal .o_field_widget[name='document']",
            run({anchor}) {
                const transfer = new DataTransfer();
                transfer.items.add(new File(["Wiped"], "wiper.pdf"));
                const input = anchor.querySelector("input[type='file']");
                input.files = transfer.files;
                input.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            trigger: ".modal .o_field_widget[name='document'] input:value(wiper.pdf)",
        },
        {
            trigger: ".modal .modal-footer button[name='action_certify']",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
        {trigger: ".o_list_view .o_data_row:eq(2):contains('Certified')"},
        ...goTo("waas-returns"),
    ],
});

registry.category("web_tour.tours").add("waas_grade", {
    url: "/odoo/waas-returns",
    steps: () => [
        ...openRow("Customer One"),
        {
            content: "The customer has its certificate already",
            trigger: "button[name='action_view_certificates']",
        },
        {trigger: "button[name='action_grade']", run: "click"},
        {
            trigger: ".modal .o_field_widget[name='device_ids']:contains('Laptop-3')",
        },
        {
            content: "Rent them out again",
            trigger:
                ".modal .o_field_widget[name='decision'] label:contains('Rent out again')",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer button[name='action_grade']",
            run: "click",
        },
        {
            content: "The transfer out of quarantine",
            trigger: ".o_arrow_button_current:contains('Done')",
        },
        ...goTo("waas-returns"),
    ],
});

registry.category("web_tour.tours").add("waas_settle_commission", {
    url: "/odoo/waas-settlements",
    steps: () => [
        {
            content: "Nothing is settled yet",
            trigger: ".o_view_nocontent:contains('No settlements')",
        },
        {
            content: "Settle the months that are over",
            trigger: ".o_control_panel button:contains('Settle Commission')",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer button[name='action_settle']",
            run: "click",
        },
        ...openRow("Partner One"),
        saysAmount("total", "60.00"),
        {
            content: "Make the bill by which ALSO pays",
            trigger: "button[name='action_invoice']",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer button[name='button_create']",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
        {
            content: "The bill",
            trigger: ".o_field_widget[name='tax_totals']:contains('60.00')",
        },
        {trigger: "button[name='action_post']:visible", run: "click"},
        inState("Posted"),
        ...goTo("waas-commission"),
    ],
});
