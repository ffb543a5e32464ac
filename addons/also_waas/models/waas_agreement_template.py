from odoo import fields, models


class WaasAgreementTemplate(models.Model):
    """Chapter 3, gate: the text of an agreement, with placeholders."""

    _name = "waas.agreement.template"
    _description = "WaaS Agreement Template"
    _inherit = ["mail.render.mixin"]
    _order = "sequence, id"
    _unrestricted_rendering = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: for every company."
    )
    kind = fields.Selection(
        selection=[
            ("rental", "Rental Agreement"),
            ("mandate", "Direct Debit Mandate"),
            ("terms", "General Terms"),
        ],
        required=True,
        default="rental",
        help="Every active template becomes an agreement that both sides sign.",
    )
    body_html = fields.Html(
        string="Text",
        translate=True,
        required=True,
        sanitize="email_outgoing",
        render_engine="qweb",
        render_options={"post_process": True},
        help="The agreement is 'object': its order is object.order_id, its amounts are "
        "object.monthly_amount, object.total_amount and, in words, "
        "object.total_in_words.",
    )

    def _compute_render_model(self):
        self.render_model = "waas.agreement"

    def _render_body(self, agreement):
        """The text of one agreement in the end customer's language, as markup."""
        self.ensure_one()
        lang = agreement.lang
        return self.with_context(lang=lang)._render_field(
            "body_html", agreement.ids, set_lang=lang
        )[agreement.id]
