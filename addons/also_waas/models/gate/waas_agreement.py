from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...batches import log_failure, work_isolating
from ..common.waas_retention import REMOVED

LIVE_STATES = ("sent", "customer_signed", "signed")
CHASE_AFTER_DAYS = 3
# What an agreement says of people, beside the name of who signed.
PERSONAL_FIELDS = (
    "body",
    "document",
    "signed_document",
    "customer_signature",
    "customer_signed_from",
    "company_signature",
    "company_signed_from",
)


class WaasAgreement(models.Model):
    """A document that ALSO and the end customer both sign (R1).

    Its text is frozen as PDF with its SHA-256 before anybody signs; with both
    signatures it is frozen again. Like a credit check it is written by its own methods
    only.
    """

    _name = "waas.agreement"
    _description = "WaaS Agreement"
    _inherit = ["mail.thread", "mail.activity.mixin", "waas.numbered.mixin"]
    _order = "order_id desc, sequence, id"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    title = fields.Char(readonly=True, required=True)
    sequence = fields.Integer(readonly=True)
    template_id = fields.Many2one(
        comodel_name="waas.agreement.template",
        readonly=True,
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    kind = fields.Selection(related="template_id.kind", store=True)
    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="End Customer", store=True, index=True
    )
    signatory_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who signs for the end customer; only this person gets the link.",
        check_company=True,
        index=True,
    )
    lang = fields.Char(string="Language", readonly=True, required=True)
    state = fields.Selection(
        selection=[
            ("sent", "With the End Customer"),
            ("customer_signed", "Waiting for Countersignature"),
            ("signed", "Signed by Both"),
            ("refused", "Refused"),
            ("void", "Void"),
        ],
        default="sent",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    note = fields.Char(
        readonly=True,
        copy=False,
        tracking=True,
        help="Why the end customer refused, or why the agreement is void.",
    )
    # === What is signed ===
    fingerprint = fields.Char(
        readonly=True,
        required=True,
        copy=False,
        help="Hash of the deal that this agreement is about. When the deal changes, "
        "the agreement is void.",
    )
    monthly_amount = fields.Monetary(readonly=True, copy=False)
    total_amount = fields.Monetary(readonly=True, copy=False)
    total_in_words = fields.Char(compute="_compute_total_in_words")
    body = fields.Html(
        string="Text",
        readonly=True,
        copy=False,
        sanitize="email_outgoing",
        help="The text as it was sent, also when its template changes later.",
    )
    document = fields.Binary(
        string="Agreement", attachment=True, readonly=True, copy=False
    )
    document_name = fields.Char(compute="_compute_document_name")
    document_sha256 = fields.Char(string="SHA-256", readonly=True, copy=False)
    signed_document = fields.Binary(
        string="Signed Agreement", attachment=True, readonly=True, copy=False
    )
    signed_document_sha256 = fields.Char(
        string="SHA-256 of the Signed Agreement", readonly=True, copy=False
    )
    # === End customer ===
    customer_signature = fields.Image(
        attachment=True, max_width=1024, max_height=1024, readonly=True, copy=False
    )
    customer_signed_by = fields.Char(readonly=True, copy=False, tracking=True)
    customer_signed_on = fields.Datetime(readonly=True, copy=False)
    customer_signed_from = fields.Char(
        readonly=True, copy=False, help="Network address and browser of the signatory."
    )
    chased_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When sales was notified that it is not signed yet.",
    )
    customer_code_checked = fields.Boolean(
        string="One-time Code Checked", readonly=True, copy=False
    )
    # === ALSO ===
    company_signature = fields.Image(
        attachment=True, max_width=1024, max_height=1024, readonly=True, copy=False
    )
    company_signed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, tracking=True
    )
    company_signed_on = fields.Datetime(readonly=True, copy=False)
    company_signed_from = fields.Char(readonly=True, copy=False)
    forgotten_on = fields.Date(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When its retention was over: text, documents, signatures and names were "
        "removed. The hashes prove whether a copy is the right one.",
    )

    _unique_live = models.UniqueIndex(
        "(order_id, template_id) WHERE state IN ('sent', 'customer_signed', 'signed')",
        "This order has a live agreement of this kind already.",
    )
    _signed_is_complete = models.Constraint(
        "CHECK (state != 'signed' OR (customer_signed_by IS NOT NULL "
        "AND customer_signed_on IS NOT NULL AND company_signed_by_id IS NOT NULL "
        "AND company_signed_on IS NOT NULL AND document_sha256 IS NOT NULL "
        "AND signed_document_sha256 IS NOT NULL))",
        "An agreement is signed when both have signed and the document is frozen.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("total_amount", "currency_id", "lang")
    def _compute_total_in_words(self):
        for agreement in self:
            currency = agreement.currency_id.with_context(lang=agreement.lang)
            agreement.total_in_words = currency._waas_in_words(agreement.total_amount)

    @api.depends("name", "title")
    def _compute_document_name(self):
        for agreement in self:
            number = (agreement.name or "").replace("/", "-")
            agreement.document_name = f"{number} {agreement.title}.pdf"

    @api.depends("name", "title")
    def _compute_display_name(self):
        for agreement in self:
            agreement.display_name = f"{agreement.name} {agreement.title}"

    # === BUSINESS METHODS ===#

    @api.model
    def _issue(self, deal, signatory):
        """Make the agreements that a deal needs, frozen and ready to sign.

        :param deal: record of ``waas.deal.mixin`` without open points of its own
        :param signatory: ``res.partner`` who signs for the end customer
        :return: the new agreements
        """
        templates = deal._waas_get_agreement_templates()
        if not templates:
            raise UserError(
                self.env._(
                    "There is no agreement to sign: make one under WaaS / "
                    "Configuration / Agreement Templates."
                )
            )
        # The database allows one live agreement of a kind: former ones go first.
        self.flush_model(["state"])
        lang = deal.partner_id.lang or self.env.lang or "en_US"
        agreements = self.create(
            [
                {
                    "state": "sent",
                    "template_id": template.id,
                    "title": template.with_context(lang=lang).name,
                    "sequence": template.sequence,
                    "signatory_id": signatory.id,
                    "lang": lang,
                    "fingerprint": deal._waas_get_fingerprint(),
                    **deal._waas_prepare_agreement(),
                    **deal._waas_prepare_amounts(),
                }
                for template in templates
            ]
        )
        for agreement in agreements:
            agreement.body = agreement._render_body()
            agreement._freeze("document", agreement._print())
        deal._waas_settle_todos()
        return agreements

    def _get_deal(self):
        """Hook: what the agreement is about, a record of ``waas.deal.mixin``."""
        self.ensure_one()
        return self.order_id

    def _group_by_deal(self):
        """:return: dict deal -> its agreements among these"""
        return self.grouped(lambda agreement: agreement._get_deal())

    def _void(self, note):
        """Take agreements out of force; what was signed stays as a record."""
        live = self.filtered(lambda agreement: agreement.state in LIVE_STATES)
        live.write({"state": "void", "note": note})
        for deal in live._group_by_deal():
            deal._waas_settle_todos()
        return live

    def _waas_forget(self):
        """Remove what it says of people (GDPR); that it was signed, and when, stays.

        :return: the agreements
        """
        for (company, is_signed), agreements in self.grouped(
            lambda agreement: (
                agreement.company_id,
                bool(agreement.customer_signed_by),
            )
        ).items():
            agreements.write(
                {
                    **dict.fromkeys(PERSONAL_FIELDS, False),
                    "customer_signed_by": is_signed and REMOVED,
                    "forgotten_on": company._waas_today(),
                }
            )
        return self

    def _is_current(self):
        """Whether the agreement is still about the deal as it stands."""
        self.ensure_one()
        return (
            self.state in LIVE_STATES
            and self.fingerprint == self._get_deal()._waas_get_fingerprint()
        )

    def _describe_unsigned(self, env):
        """What the salesperson is to do, in the language of ``env``."""
        return env._(
            "%(signatory)s has not signed yet: call, or send the agreements again",
            signatory=self.signatory_id.name,
        )

    @api.model
    def _cron_chase(self):
        """Notify sales once about agreements that the end customer leaves unsigned."""
        unsigned = self.search(
            [
                ("state", "=", "sent"),
                ("chased_on", "=", False),
                (
                    "create_date",
                    "<",
                    fields.Datetime.now() - timedelta(days=CHASE_AFTER_DAYS),
                ),
            ]
        )
        work_isolating(unsigned, lambda agreements: agreements._chase(), log_failure)

    def _chase(self):
        for deal, agreements in self._group_by_deal().items():
            deal._waas_todo(
                "unsigned",
                deal.user_id,
                summary=agreements[0]._describe_unsigned,
            )
        self.chased_on = fields.Datetime.now()
