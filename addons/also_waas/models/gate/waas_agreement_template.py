from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError

# In the context of a write that leaves the text alone; an object, so that no caller
# can send it.
TEXT_UNTOUCHED = object()
# Changing one of these removes the text from the deals of a company.
REACH_FIELDS = ("active", "company_id", "kind")


class WaasAgreementTemplate(models.Model):
    """The text of an agreement, with placeholders.

    A text is rendered with all rights, so who may put more than plain placeholders into
    one is core's *Mail Template Editor*.
    """

    _name = "waas.agreement.template"
    _description = "WaaS Agreement Template"
    _inherit = ["mail.render.mixin", "waas.guarded.mixin", "waas.readable.mixin"]
    _order = "sequence, id"
    _unrestricted_rendering = True
    _check_company_auto = True

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

    # === Removal ===
    removal_asked_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Removal Requested By",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    removal_asked_on = fields.Datetime(
        string="Removal Requested On", readonly=True, copy=False
    )
    removal_approved_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    can_approve_removal = fields.Boolean(compute="_compute_can_approve_removal")

    _removal_four_eyes = models.Constraint(
        "CHECK (removal_approved_by_id IS NULL "
        "OR removal_approved_by_id != removal_asked_by_id)",
        "The removal of an agreement template needs two users.",
    )

    @api.depends("removal_asked_by_id", "active")
    @api.depends_context("uid")
    def _compute_can_approve_removal(self):
        for template in self:
            asked_by = template.removal_asked_by_id
            template.can_approve_removal = (
                template.active and bool(asked_by) and asked_by != self.env.user
            )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Let a manager rename, order and archive also what an editor wrote."""
        self.env.registry.clear_cache()
        if not self.env.su:
            self._ensure_stays(vals)
        if vals.get("active"):
            self.check_access("write")
            self._forget_removal()
        if "body_html" in vals:
            return super().write(vals)
        untouched = self.with_context(waas_text=TEXT_UNTOUCHED)
        return super(WaasAgreementTemplate, untouched).write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        if not self.env.su:
            self._ensure_stays({"active": False})

    # === REMOVAL ===#

    def _ensure_stays(self, vals):
        """All agreements means all active texts: one person cannot remove one (R1).

        :raises UserError: when an active text would be removed
        """
        for template in self.filtered("active"):
            if any(
                name in vals
                and template._fields[name].convert_to_write(template[name], template)
                != vals[name]
                for name in REACH_FIELDS
            ):
                raise UserError(
                    self.env._(
                        "Every deal is signed with %(template)s: its removal, also "
                        "by another company or kind, needs two users. Press "
                        "Request Removal, then have another WaaS manager approve "
                        "it.",
                        template=template.name,
                    )
                )

    def action_request_removal(self):
        """Ask another manager to remove these texts."""
        self._ensure_manager()
        self.sudo().write(  # checked above; four eyes are a constraint
            {
                "removal_asked_by_id": self.env.uid,
                "removal_asked_on": fields.Datetime.now(),
                "removal_approved_by_id": False,
            }
        )
        return True

    def action_approve_removal(self):
        """Approve a removal that another user requested: later deals are signed without
        the template.

        :raises UserError: without a request, or when this user made it
        """
        self._ensure_manager()
        for template in self:
            if not template.can_approve_removal:
                raise UserError(
                    self.env._(
                        "Another user must request the removal of %(template)s "
                        "before you can approve it.",
                        template=template.name,
                    )
                )
        self.sudo().write(  # checked above
            {"active": False, "removal_approved_by_id": self.env.uid}
        )
        return True

    def action_keep(self):
        """Reject or withdraw a request for removal."""
        self._ensure_manager()
        self._forget_removal()
        return True

    def _forget_removal(self):
        self.sudo().write(  # the right to write the text was checked
            {
                "removal_asked_by_id": False,
                "removal_asked_on": False,
                "removal_approved_by_id": False,
            }
        )

    def _ensure_manager(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "also_waas.group_waas_manager"
        ):
            raise AccessError(
                self.env._("Only WaaS managers decide what is to be signed.")
            )

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
