/* Steps that the tours of several people share. */

export function pick(field, text, within = "") {
    return [
        {
            content: `Type ${text} into ${field}`,
            trigger: `${within} .o_field_widget[name='${field}'] input`.trim(),
            run: `edit ${text}`,
        },
        {
            content: `Choose ${text}`,
            trigger: `.ui-menu-item > a:contains("${text}")`,
            run: "click",
        },
    ];
}

/** Leave the document for a list, so that nothing is under way at the end. */
export function goTo(path) {
    return [
        {
            content: `Go to ${path}`,
            trigger: "body",
            run: () =>
                odoo.__WOWL_DEBUG__.root.env.services.action.doAction(path, {
                    clearBreadcrumbs: true,
                }),
        },
        {trigger: ".o_list_view"},
    ];
}

export function openRow(text) {
    return [
        {
            content: `Open ${text}`,
            trigger: `.o_data_row td.o_data_cell:contains("${text}")`,
            run: "click",
        },
        {trigger: ".o_form_view"},
    ];
}

export function drawSignature() {
    return [
        {
            content: "Draw the signature",
            trigger: ".modal .o_field_widget[name='signature'] .o_signature",
            run: "click",
        },
        {
            trigger: ".modal:last canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".modal:last .modal-footer .btn-primary:enabled",
            run: "click",
        },
    ];
}

export function signForAlso(button) {
    return [
        {
            content: "Countersign",
            trigger: `button[name='${button}']`,
            run: "click",
        },
        ...drawSignature(),
        {
            trigger: ".modal button[name='action_sign']",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
    ];
}
