import {registry} from "@web/core/registry";

/*
 * The portal, as a partner and its end customer walk it, on a desk and on a phone. The
 * world is built by tests/portal/test_portal_tours.py; each tour is one person's part.
 */

const CODE = "123456"; // What the test lets the server draw

function open(content, trigger) {
    return {content, trigger, run: "click", expectUnloadPage: true};
}

function type(id, text) {
    return {content: `Type ${text}`, trigger: `#${id}`, run: `edit ${text}`};
}

/** A file behind a link: a browser would leave the tour to download it. */
function download(trigger, kind) {
    return {
        content: `Download ${kind}`,
        trigger,
        async run({anchor}) {
            const answer = await fetch(anchor.href);
            if (!answer.ok || !answer.headers.get("Content-Type").includes(kind)) {
                throw new Error(`No ${kind} at ${anchor.href}`);
            }
        },
    };
}

function toWorkplaces() {
    return open("To the first page", ".o_portal_submenu a[href='/my/waas']");
}

registry.category("web_tour.tours").add("waas_partner_quotes", {
    url: "/my/waas",
    steps: () => [
        open("The price list", ".o_also_waas_entry[href='/my/waas/prices']"),
        {
            content: "Price and commission side by side (R8)",
            trigger: ".o_also_waas_prices td:contains('45.99'):contains('60.00')",
        },
        {
            content: "The advice to offer installation (R4)",
            trigger: ".o_also_waas_advice:contains('installation')",
        },
        download("a[href='/my/waas/prices/xlsx']", "spreadsheet"),
        toWorkplaces(),
        open("A quotation", ".o_also_waas_entry[href='/my/waas/deals/new']"),
        {
            content: "A partner without customers enters a new one",
            trigger: ".o_also_waas_new_customer #name",
            run: "edit New Rent B.V.",
        },
        type("vat", "NL123456789B99"),
        type("street", "Street 1"),
        type("zip", "1000 AA"),
        type("city", "Amsterdam"),
        type("contact_name", "Ann Rent"),
        type("contact_email", "ann@newrent.test"),
        {trigger: "#country_id", run: "selectByLabel Netherlands"},
        {content: "Via the partner (R2)", trigger: "#route_reseller", run: "click"},
        {trigger: "input[name='term_id']:last", run: "click"},
        open("This VAT number is none", "button:contains('Choose the Bundle')"),
        {trigger: ".o_also_waas_error:contains('VAT')"},
        type("vat", "NL000099998B57"),
        open("This one is", "button:contains('Choose the Bundle')"),
        {
            content: "Ten workplaces",
            trigger: ".o_also_waas_choice #quantity",
            run: "edit 10",
        },
        {
            content: "10 x 45.99 at once",
            trigger: ".o_also_waas_live [data-amount='monthly']:contains('459.90')",
        },
        {
            content: "The upgrade (R7)",
            trigger: ".o_also_waas_choice select[name^='upgrade_']",
            run: "selectByLabel Premium instead of Basic",
        },
        {
            content: "10 x (45.99 + 4.50), and 10 x (60 + 3) for the partner (R8)",
            trigger: ".o_also_waas_live [data-amount='monthly']:contains('504.90')",
        },
        {
            trigger: ".o_also_waas_live [data-amount='commission']:contains('630.00')",
        },
        open("Put it on the quotation", "button:contains('Put on the Quotation')"),
        {trigger: ".o_also_waas_bundle:contains('10 × Workplace')"},
        {
            content: "What the partner itself invoices (R6)",
            trigger: "input[name='service_name']:first",
            run: "edit Installation",
        },
        {trigger: "input[name='service_price']:first", run: "edit 85"},
        open("Save it", "button:contains('Save Services')"),
        {trigger: "input[name='service_name']:first:value(Installation)"},
        {
            content: "It is up to the partner",
            trigger: ".o_also_waas_points [data-point='send']:contains('You')",
        },
        open("Send it", ".o_also_waas_send"),
        {
            content: "Now the company must act (R1)",
            trigger: ".o_also_waas_points [data-point='credit_open']",
        },
        {trigger: ".badge:contains('With Us')"},
    ],
});

registry.category("web_tour.tours").add("waas_partner_follows", {
    url: "/my/waas",
    steps: () => [
        open("The deals", ".o_also_waas_entry[href='/my/waas/deals']"),
        open("The deal", ".o_portal_my_doc_table a[href^='/my/waas/deals/']"),
        open("Its contract", "a[href^='/my/waas/contracts/']"),
        {
            content: "What was delivered, with its serial number",
            trigger: ".o_also_waas_devices code:contains('Laptop-1')",
        },
        {
            content: "The plan for the end",
            trigger: ".o_also_waas_end_dates:contains('devices are back')",
        },
        toWorkplaces(),
        open("The commission", ".o_also_waas_entry[href='/my/waas/commission']"),
        {
            content: "It is earned (R1)",
            trigger: ".o_also_waas_light[data-light='green']:contains('630.00')",
        },
        download("a[href^='/my/waas/commission/'][href$='/xlsx']", "spreadsheet"),
        download("a[href^='/my/waas/commission/'][href$='/pdf']", "pdf"),
        open("The bills", "a[href='/my/waas/bills']"),
        {trigger: "p:contains('you need not send any')"},
        toWorkplaces(),
        open("The sell-out", ".o_also_waas_entry[href='/my/waas/sellout']"),
        {trigger: "p:contains('in your name')"},
    ],
});

registry.category("web_tour.tours").add("waas_customer_signs", {
    url: "/my/waas",
    steps: () => [
        open("The agreements", ".o_also_waas_entry[href='/my/waas/agreements']"),
        download(".o_also_waas_agreement a[href$='/pdf']", "pdf"),
        open("Sign", ".o_also_waas_sign"),
        open("Ask for the code", ".o_also_waas_send_code_form button"),
        {
            content: "Type the code of the mail",
            trigger: ".o_also_waas_code_form input[name='code']",
            run: `edit ${CODE}`,
        },
        open("Go on", ".o_also_waas_code_form button"),
        {trigger: ".o_web_sign_name_and_signature input:value(/^waas_customer/)"},
        {trigger: "canvas.o_web_sign_signature", run: "canvasNotEmpty"},
        open("Sign", ".o_portal_sign_submit:enabled"),
        {trigger: ".o_also_waas_signed:contains('you have signed')"},
    ],
});

registry.category("web_tour.tours").add("waas_customer_returns", {
    url: "/my/waas",
    steps: () => [
        open("The contracts", ".o_also_waas_entry[href='/my/waas/contracts']"),
        open("The contract", ".o_portal_my_doc_table a[href^='/my/waas/contracts/']"),
        {
            content: "Its months",
            trigger: ".o_also_waas_installments tr:contains('Invoiced')",
        },
        open("What does leaving cost?", "a[href$='/leave']"),
        {
            content: "What is left of 36 x 45.99 (R11)",
            trigger: ".o_also_waas_leaving [data-amount='owed']:contains('1,609.65')",
        },
        open("Stay", "a:contains('Back')"),
        open("Return the devices", "a[href^='/my/waas/returns/new']"),
        {content: "All of them", trigger: ".o_also_waas_all", run: "click"},
        {trigger: "input[name='device']:checked"},
        {
            content: "Whoever sends them bears the responsibility (R15)",
            trigger: "#method_self",
            run: "click",
        },
        {trigger: "[data-method='self'] .alert:contains('full responsibility')"},
        {
            content: "Rather a secure pick-up, whose fee is shown",
            trigger: "#method_pickup",
            run: "click",
        },
        {trigger: ".o_also_waas_fee:contains('45.00')"},
        type("contact", "Porter"),
        type("phone", "+31 30 1234567"),
        {
            content: "In a week",
            trigger: "#date",
            run({anchor}) {
                const day = new Date(Date.now() + 7 * 24 * 3600 * 1000);
                anchor.value = day.toISOString().slice(0, 10);
            },
        },
        open("Book it", "button:contains('Book the Return')"),
        {trigger: ".o_also_waas_booked:contains('certified company')"},
        {trigger: ".o_also_waas_pickup:contains('Porter')"},
        toWorkplaces(),
        open("The certificates", ".o_also_waas_entry[href='/my/waas/certificates']"),
        {trigger: ".alert:contains('There is no certificate yet')"},
    ],
});
