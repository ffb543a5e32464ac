# Copyright 2026 ALSO
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Workplace as a Service",
    "summary": "Rent out workplaces: quote, check, sign, deliver, own and invoice",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "license": "AGPL-3",
    "author": "ALSO",
    "website": "https://www.also.com",
    "application": True,
    "depends": [
        # The flow's own order: sold, delivered, contracted.
        "sale_management",
        "stock_delivery",
        "contract",
        "report_xlsx",
    ],
    # Odoo needs it as well, for its two-factor authentication.
    "external_dependencies": {"python": ["qrcode"]},
    "data": [
        # security
        "security/also_waas_groups.xml",
        "security/ir.model.access.csv",
        "security/also_waas_company_security.xml",
        "security/also_waas_portal_security.xml",
        # data
        "data/ir_sequence_data.xml",
        "data/waas_term_data.xml",
        "data/ir_cron_data.xml",
        "data/mail_template_data.xml",
        # reports
        "reports/also_waas_reports.xml",
        "reports/waas_agreement_templates.xml",
        "reports/product_pricelist_templates.xml",
        "reports/sale_order_templates.xml",
        "reports/stock_picking_templates.xml",
        "reports/stock_lot_templates.xml",
        "data/waas_agreement_template_data.xml",
        # wizards
        "wizards/waas_bundle_configure_views.xml",
        "wizards/waas_credit_check_decide_views.xml",
        "wizards/waas_agreement_countersign_views.xml",
        "wizards/waas_device_replace_views.xml",
        # views, in the order of a deal
        "views/waas_term_views.xml",
        "views/waas_manufacturer_views.xml",
        "views/waas_hardware_request_views.xml",
        "views/product_template_views.xml",
        "views/product_pricelist_views.xml",
        "views/res_partner_views.xml",
        "views/sale_order_views.xml",
        "views/waas_credit_check_views.xml",
        "views/waas_agreement_template_views.xml",
        "views/waas_agreement_views.xml",
        "views/waas_installment_views.xml",
        "views/contract_contract_views.xml",
        "views/stock_lot_views.xml",
        "views/stock_location_views.xml",
        "views/stock_picking_views.xml",
        "views/waas_replacement_views.xml",
        "views/account_move_views.xml",
        "views/waas_invoice_run_views.xml",
        "views/waas_marketplace_message_views.xml",
        "views/waas_license_check_views.xml",
        "views/waas_license_views.xml",
        "views/waas_marketplace_views.xml",
        "views/res_config_settings_views.xml",
        "views/signing_templates.xml",
        # menus last: they name the actions above
        "views/also_waas_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "also_waas/static/src/scss/also_waas.scss",
            "also_waas/static/src/fields/**/*",
        ],
        "web.assets_tests": ["also_waas/static/tests/tours/**/*"],
    },
    "post_init_hook": "post_init_hook",
}
