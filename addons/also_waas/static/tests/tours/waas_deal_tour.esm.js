import {goTo, pick, signForAlso} from "@also_waas/../tests/tours/waas_steps.esm";
import {registry} from "@web/core/registry";

/*
 * The way of a deal, as the people at ALSO and the end customer walk it. The world is
 * built by tests/common/test_tours.py; each tour is one person's part.
 */

function goHome() {
    return goTo("waas");
}

registry.category("web_tour.tours").add("waas_import_price_list", {
    url: "/odoo/waas-prices",
    steps: () => [
        {
            content: "Open the gear menu",
            trigger: ".o_cp_action_menus .fa-cog",
            run: "click",
        },
        {trigger: ".o_import_menu", run: "click"},
        {
            content: "Choose the price list file",
            trigger: ".o_import_file",
            run() {
                const rows = [
                    "pricelist_id,product_tmpl_id,waas_term_id,fixed_price,waas_commission_unit",
                    "WaaS Import,Workplace,12,80.50,21",
                    "WaaS Import,Workplace,24,56.50,41",
                    "WaaS Import,Workplace,36,46.25,61",
                    "WaaS Import,Premium instead of Basic,36,4.75,4",
                ];
                const transfer = new DataTransfer();
                transfer.items.add(
                    new File([rows.join("\n")], "prices.csv", {type: "text/csv"})
                );
                const input = document.querySelector(
                    ".o_control_panel input.o_input_file"
                );
                input.files = transfer.files;
                input.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "Try it first",
            trigger: ".o_control_panel button:text(Test)",
            run: "click",
        },
        {trigger: ".alert-info:contains('Everything seems valid.')"},
        {
            content: "Import it",
            trigger: ".o_control_panel button:text(Import)",
            run: "click",
        },
        {
            content: "Back in the list, with the new prices",
            trigger:
                ".o_list_view .o_data_row:contains('WaaS Import'):contains('46.25')",
        },
    ],
});

registry.category("web_tour.tours").add("waas_quote", {
    url: "/odoo/waas",
    steps: () => [
        {
            content: "New quotation",
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...pick("partner_id", "Customer One"),
        ...pick("waas_reseller_id", "Partner One"),
        {
            content: "Deliver via the partner",
            trigger: ".o_field_widget[name='waas_delivery_route'] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Via the partner')",
            run: "click",
        },
        {
            content: "The partner is advised to offer installation (R4)",
            trigger: "[name='waas_installation_advice']:contains('installation')",
        },
        {
            content: "Add a bundle",
            trigger: "button[name='action_waas_add_bundle']",
            run: "click",
        },
        {
            content: "Which bundle",
            trigger: ".modal .o_field_widget[name='bundle_id'] input",
            run: "edit Workplace",
        },
        {
            trigger: ".ui-menu-item > a:contains('Workplace')",
            run: "click",
        },
        {
            content: "Ten workplaces",
            trigger: ".modal .o_field_widget[name='quantity'] input",
            run: "edit 10 && click .modal .o_field_widget[name='monthly_amount']",
        },
        {
            content: "10 x 45.99",
            trigger: ".modal .o_field_widget[name='monthly_amount']:contains('459.90')",
        },
        {
            content: "Upgrade the office suite",
            trigger:
                ".modal .o_data_row:contains('Office Basic') td[name='upgrade_id']",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row td[name='upgrade_id'] input",
            run: "edit Premium",
        },
        {
            trigger: ".ui-menu-item > a:contains('Premium instead of Basic')",
            run: "click",
        },
        {
            content: "10 x (45.99 + 4.50), and 10 x (60 + 3) for the partner",
            trigger: ".modal .o_field_widget[name='monthly_amount']:contains('504.90')",
        },
        {
            trigger:
                ".modal .o_field_widget[name='commission_amount']:contains('630.00')",
        },
        {
            content: "Put it on the quotation",
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
        {
            content: "The contract total of 36 months",
            trigger: ".o_field_widget[name='waas_total_amount']:contains('18,176.40')",
        },
        {
            content: "Another term has other prices",
            trigger: ".o_field_widget[name='waas_term_id'] input",
            run: "edit 12",
        },
        {trigger: ".ui-menu-item > a:contains('12 months')", run: "click"},
        {
            content: "10 x (79.00 + 6.50)",
            trigger: ".o_field_widget[name='waas_monthly_amount']:contains('855.00')",
        },
        {
            trigger: ".o_field_widget[name='waas_term_id'] input",
            run: "edit 36",
        },
        {trigger: ".ui-menu-item > a:contains('36 months')", run: "click"},
        {trigger: ".o_field_widget[name='waas_monthly_amount']:contains('504.90')"},
        {
            content: "Ask for the credit check",
            trigger: "button[name='action_waas_request_credit']",
            run: "click",
        },
        {
            content: "Now it waits for the credit officer",
            trigger: "[name='waas_blockers'] [data-blocker='credit_pending']",
        },
        {
            content: "Send the agreements",
            trigger: "button[name='action_waas_send_agreements']",
            run: "click",
        },
        {
            content: "Now it waits for the end customer",
            trigger: "[name='waas_blockers'] [data-blocker='customer_signature']",
        },
        ...goHome(),
    ],
});

registry.category("web_tour.tours").add("waas_approve_credit", {
    url: "/odoo/waas-credit-checks",
    steps: () => [
        {
            content: "The check that waits",
            trigger: ".o_data_row td:contains('Customer One')",
            run: "click",
        },
        {
            content: "The exposure is the contract total",
            trigger: ".o_field_widget[name='requested_amount']:contains('18,176.40')",
        },
        {trigger: "button[name='action_decide']", run: "click"},
        {
            content: "Approve a round amount",
            trigger: ".modal .o_field_widget[name='approved_amount'] input",
            run: "edit 20000",
        },
        {trigger: ".modal button[name='action_approve']", run: "click"},
        {
            content: "It is approved",
            trigger: ".o_arrow_button_current:contains('Approved')",
        },
    ],
});

registry.category("web_tour.tours").add("waas_ask_code", {
    steps: () => [
        {
            content: "Read what is to be signed",
            trigger:
                ".o_also_waas_signing details:contains('hardware stays ours'), .o_also_waas_signing details",
        },
        {
            content: "Ask for the code",
            trigger: ".o_also_waas_send_code_form button:contains('Send me the code')",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".o_also_waas_code_form input[name='code']"},
    ],
});

registry.category("web_tour.tours").add("waas_sign", {
    steps: () => [
        {
            content: "Keep the code of the mail, which the test puts into the address",
            trigger: ".o_also_waas_code_form",
            run: () => sessionStorage.setItem("waas_code", location.hash.slice(1)),
        },
        {
            content: "A wrong code is refused",
            trigger: ".o_also_waas_code_form input[name='code']",
            run: "edit 1",
        },
        {
            trigger: ".o_also_waas_code_form button",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".alert-danger:contains('wrong')"},
        {
            content: "Type the right one",
            trigger: ".o_also_waas_code_form input[name='code']",
            run({anchor}) {
                anchor.value = sessionStorage.getItem("waas_code");
            },
        },
        {
            trigger: ".o_also_waas_code_form button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Sign",
            trigger:
                ".o_web_sign_name_and_signature input:value(Customer One Signatory)",
        },
        {
            trigger: "canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".o_also_waas_signed:contains('you have signed')"},
    ],
});

registry.category("web_tour.tours").add("waas_countersign_and_deliver", {
    url: "/odoo/waas",
    steps: () => [
        {
            content: "Open the deal",
            trigger: ".o_data_row td:contains('Customer One')",
            run: "click",
        },
        {
            content: "Only ALSO's signature is missing",
            trigger: "[name='waas_blockers'] [data-blocker='company_signature']",
        },
        ...signForAlso("action_waas_countersign"),
        {
            content: "The last signature confirms the order by itself",
            trigger: ".o_arrow_button_current:contains('Sales Order')",
        },
        {
            content: "Go to the delivery",
            trigger: "button[name='action_view_delivery']",
            run: "click",
        },
        {
            content: "The serial numbers are reserved: ship them",
            trigger: "button[name='button_validate']",
            run: "click",
        },
        {trigger: ".o_arrow_button_current:contains('Done')"},
        {
            content: "Back to the order",
            trigger: ".o_back_button a",
            run: "click",
        },
        {
            content: "Go to the contract",
            trigger: "button[name='action_view_waas_contract']",
            run: "click",
        },
        {trigger: ".o_arrow_button_current:contains('Running')"},
        {
            content: "The first month is invoiced, the second is planned",
            trigger:
                ".o_field_widget[name='waas_installment_ids'] .o_data_row:eq(0):contains('Invoiced')",
        },
        {
            trigger:
                ".o_field_widget[name='waas_installment_ids'] .o_data_row:eq(1):contains('Planned')",
        },
        ...goHome(),
    ],
});

registry.category("web_tour.tours").add("waas_see_invoice", {
    url: "/odoo/waas-contracts",
    steps: () => [
        {
            content: "Open the contract",
            trigger: ".o_data_row td:contains('Customer One')",
            run: "click",
        },
        {
            content: "Go to its invoices",
            trigger: "button[name='action_show_invoices']:visible",
            run: "click",
        },
        {
            content: "One posted invoice over the first month",
            trigger:
                ".o_data_row:contains('Customer One'):contains('Posted') td:contains('Customer One')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='tax_totals']:contains('504.90')",
        },
    ],
});

registry.category("web_tour.tours").add("waas_run", {
    steps: () => [
        {
            content: "Nothing is due today: the first month was invoiced at delivery",
            trigger: ".alert-info:contains('Nothing is due')",
        },
        {
            content: "Look three months ahead",
            trigger:
                ".o_field_widget[name='date'] button, .o_field_widget[name='date'] input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='date'] input",
            run: `edit ${luxon.DateTime.now().plus({months: 3}).toFormat("MM/dd/yyyy")} && press Enter`,
        },
        {
            content: "Three months of 504.90",
            trigger: ".o_field_widget[name='amount']:contains('1,514.70')",
        },
        {
            content: "As the months before",
            trigger: ".o_field_widget[name='before_amount']:contains('1,514.70')",
        },
        {trigger: "button[name='action_start']:enabled", run: "click"},
        {trigger: ".o_arrow_button_current:contains('Running')"},
        {trigger: ".o_field_widget[name='progress'] .o_progressbar"},
        ...goTo("waas-installments"),
    ],
});

registry.category("web_tour.tours").add("waas_see_run", {
    steps: () => [
        {
            content: "The run is done",
            trigger: ".o_data_row:contains('Done') td.o_data_cell",
            run: "click",
        },
        {
            content: "Open its invoices",
            trigger: "button[name='action_view_invoices']:contains('3')",
            run: "click",
        },
        {
            content: "The oldest is paid by the end customer",
            trigger: ".o_data_row:last td.o_data_cell[name='name']",
            run: "click",
        },
        {trigger: "button[name='action_register_payment']", run: "click"},
        {trigger: ".modal button[name='action_create_payments']", run: "click"},
        {trigger: "body:not(:has(.modal))"},
        {
            content: "To its contract",
            trigger: "button[name='action_view_waas_contract']",
            run: "click",
        },
        {
            content: "Invoiced, paid, invoiced, invoiced, planned",
            trigger:
                ".o_field_widget[name='waas_installment_ids'] .o_data_row:eq(1):contains('Paid')",
        },
        {
            trigger:
                ".o_field_widget[name='waas_installment_ids'] .o_data_row:eq(3):contains('Invoiced')",
        },
        {
            trigger:
                ".o_field_widget[name='waas_installment_ids'] .o_data_row:eq(4):contains('Planned')",
        },
        {
            content: "What is open: the first month and the two last ones",
            trigger: ".o_field_widget[name='waas_open_amount']:contains('1,514.70')",
        },
    ],
});
