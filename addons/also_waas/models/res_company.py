from odoo import api, fields, models


class ResCompany(models.Model):
    """What a company decides about its WaaS business."""

    _inherit = "res.company"

    # === Catalogue and quotation ===
    waas_term_id = fields.Many2one(
        comodel_name="waas.term",
        string="Default Term",
        default=lambda self: self.env.ref(
            "also_waas.waas_term_36", raise_if_not_found=False
        ),
    )
    waas_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="WaaS Price List",
        check_company=True,
        help="Holds for every partner without a price list of its own.",
    )
    waas_hardware_answer_days = fields.Integer(
        string="Hardware Request Answer (days)", default=5
    )
    # === Gate ===
    waas_auto_confirm = fields.Boolean(
        string="Confirm by Itself",
        default=True,
        help="A WaaS quotation confirms by itself when the last missing thing arrives.",
    )
    waas_signature_code = fields.Boolean(
        string="One-time Code",
        default=True,
        help="Whoever signs online types a code that was mailed to the signatory.",
    )
    waas_link_validity_days = fields.Integer(
        string="Signing Link Validity (days)",
        default=14,
        help="The link in the mail to the signatory works for this many days.",
    )
    waas_credit_validity_days = fields.Integer(
        string="Credit Approval Validity (days)",
        default=90,
        help="An approved credit check counts for this many days, unless the credit "
        "officer says otherwise.",
    )
    waas_creditor_identifier = fields.Char(
        string="SEPA Creditor Identifier",
        help="Printed on direct debit mandates; your bank gives it to you.",
    )
    # === Contract ===
    waas_billing_start = fields.Selection(
        selection=[
            ("delivery", "On the day of delivery"),
            ("next_month", "On the first of the next month"),
        ],
        string="Contracts Start",
        default="delivery",
        required=True,
        help="First day of a contract whose devices were delivered. The days before "
        "the first of the next month are not invoiced; the number of installments is "
        "the same.",
    )
    # === Invoicing ===
    waas_invoicing_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Told of Failed Invoices",
        domain="[('share', '=', False)]",
        help="Who gets a to-do when an invoice run leaves something behind. Empty: "
        "whoever started the run.",
    )
    # === Devices ===
    waas_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="At Customer Location",
        check_company=True,
        domain="[('is_waas', '=', True), ('company_id', '=', id)]",
        help="Where rented devices are: at the end customer, still in ALSO's books.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._waas_set_up()
        return companies

    def _waas_set_up(self):
        """Give each company its *at customer* location; safe to repeat."""
        customers = self.env.ref("stock.stock_location_customers")
        for company in self.filtered(lambda company: not company.waas_location_id):
            company_sudo = company.sudo()  # whoever may make a company, may complete it
            company_sudo.waas_location_id = company_sudo.env["stock.location"].create(
                {
                    "name": self.env._("At Customer (WaaS)"),
                    "usage": "internal",
                    "is_waas": True,
                    "company_id": company.id,
                    # A child of Customers, so that ordinary delivery rules lead here.
                    "location_id": customers.id,
                }
            )
