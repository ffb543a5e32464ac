from odoo import api, fields, models, tools

# In the context of a write that leaves the text alone; an object, so that no caller
# from outside can say so.
TEXT_UNTOUCHED = object()


class WaasAgreementTemplate(models.Model):
    """Chapter 3, gate: the text of an agreement, with placeholders.

    A text is rendered with all rights, so who may put more than plain placeholders into
    one is core's *Mail Template Editor*.
    """

    _name = "waas.agreement.template"
    _description = "WaaS Agreement Template"
    _inherit = ["mail.render.mixin", "waas.readable.mixin"]
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

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Let a manager rename, order and archive also what an editor wrote."""
        self.env.registry.clear_cache()
        if "body_html" in vals:
            return super().write(vals)
        untouched = self.with_context(waas_text=TEXT_UNTOUCHED)
        return super(WaasAgreementTemplate, untouched).write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_access_right_dynamic_template(self):
        if self.env.context.get("waas_text") is TEXT_UNTOUCHED:
            return None
        return super()._check_access_right_dynamic_template()

    def _compute_render_model(self):
        self.render_model = "waas.agreement"

    @api.model
    def _find(self, company):
        """What a deal of ``company`` needs: one agreement for each of these."""
        return self.search([("company_id", "in", (False, company.id))])

    @api.model
    @tools.ormcache("company_id")
    def _has_mandate(self, company_id):
        """Whether deals of a company need a direct debit mandate. Every quotation of a
        list asks it."""
        company = self.env["res.company"].browse(company_id)
        kinds = self.sudo()._find(company).mapped("kind")  # only "is there"
        return "mandate" in kinds

    def _render_body(self, agreement):
        """The text of one agreement in the end customer's language, as markup."""
        self.ensure_one()
        lang = agreement.lang
        return self.with_context(lang=lang)._render_field(
            "body_html", agreement.ids, set_lang=lang
        )[agreement.id]
