import hashlib
import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq, hmac

CODE_MINUTES = 15
CODE_TRIES = 5
CODES_PER_LINK = 10


class WaasSigningLink(models.Model):
    """The secret link by which a signatory reaches the agreements.

    The link is known to the signatory's mail only: the database keeps its hash. A
    reseller who reads an order, or an employee who reads this table, cannot sign.
    """

    _name = "waas.signing.link"
    _description = "WaaS Signing Link"
    _inherit = ["waas.guarded.mixin", "waas.mailed.mixin"]
    _order = "id desc"
    _rec_names_search = ["order_id", "signatory_id"]
    _check_company_auto = True

    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", compute="_compute_company_id", store=True
    )
    agreement_ids = fields.Many2many(comodel_name="waas.agreement")
    signatory_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    email = fields.Char(
        required=True, help="Where link and codes go: the address at that time."
    )
    lang = fields.Char(required=True)
    token_hash = fields.Char(required=True)
    expires_on = fields.Datetime(required=True)
    code_hash = fields.Char()
    code_expires_on = fields.Datetime()
    code_tries = fields.Integer()
    codes_sent = fields.Integer()
    undelivered_reason = fields.Char(
        readonly=True, help="Why the mail with the link or the code did not arrive."
    )

    _unique_token = models.UniqueIndex("(token_hash)")

    # === COMPUTE METHODS ===#

    @api.depends("order_id")  # a deal that is being signed stays in its company
    def _compute_company_id(self):
        for link in self:
            link.company_id = link.order_id.company_id

    @api.depends("order_id")
    def _compute_display_name(self):
        """The heading of the mails: what is to be signed, to its signatory."""
        for link in self:
            link.display_name = link._get_deal().display_name

    # === BUSINESS METHODS ===#

    def _get_deal(self):
        """Hook: what is to be signed, a record of ``waas.deal.mixin``."""
        self.ensure_one()
        return self.order_id

    @api.model
    def _get_deal_domain(self, deal):
        """Hook: the links of a deal."""
        return Domain("order_id", "=", deal.id)

    def _waas_get_mailed(self):
        return self._get_deal()

    def _waas_get_mail_todo(self):
        return "signing_mail"

    def _waas_note_undelivered(self, email, reason):
        self.undelivered_reason = reason
        return super()._waas_note_undelivered(email, reason)

    def _waas_note_delivered(self):
        if self.undelivered_reason:
            self.undelivered_reason = False
            self._get_deal()._waas_todo_drop("signing_mail")
        return super()._waas_note_delivered()

    @api.model
    def _find_undelivered(self, deal):
        """The link of a deal whose mail did not arrive, or an empty record set."""
        return self.search(
            self._get_deal_domain(deal) & Domain("undelivered_reason", "!=", False),
            limit=1,
        )

    @api.model
    def _tell_bounce(self, email, reason):
        """Note a bounced mail. No message of mails with secrets is kept: the open links
        of that address are searched.

        :return: the links that went there
        """
        links = self.search(
            [
                ("email", "=", email),
                ("expires_on", ">", fields.Datetime.now()),
                ("agreement_ids.state", "=", "sent"),
            ]
        )
        for link in links:
            link._waas_note_undelivered(email, reason)
        return links

    def _waas_forget(self):
        """Remove the links and the mails that carried them (GDPR).

        :return: the links that are gone
        """
        about = [("model", "=", self._name), ("res_id", "in", self.ids)]
        self.env["mail.mail"].search(about).unlink()
        self.env["mail.message"].search(about).unlink()
        self.unlink()
        return self

    @api.model
    def _send(self, deal, agreements, signatory):
        """Mail a new link to the signatory and remove the former links of the deal.

        :return: the link
        """
        self.search(self._get_deal_domain(deal)).unlink()
        link, token = self._make(deal, agreements, signatory)
        link._mail(
            deal._waas_get_link_template(),
            signing_url=f"{deal.get_base_url()}/waas/sign/{token}",
        )
        return link

    @api.model
    def _make(self, deal, agreements, signatory):
        """Create a link.

        :return: tuple of the link and its token, which is kept nowhere
        """
        token = secrets.token_urlsafe(32)
        link = self.create(
            {
                **deal._waas_prepare_agreement(),
                "agreement_ids": agreements.ids,
                "signatory_id": signatory.id,
                "email": signatory.email_normalized,
                "lang": agreements[:1].lang,
                "token_hash": self._hash(token),
                "expires_on": fields.Datetime.now()
                + timedelta(days=deal.company_id.waas_link_validity_days),
            }
        )
        return link, token

    @api.model
    def _find(self, token):
        """The link that a token opens, or an empty record set."""
        if not token or not isinstance(token, str):
            return self.browse()
        link = self.search(
            [
                ("token_hash", "=", self._hash(token)),
                ("expires_on", ">", fields.Datetime.now()),
            ]
        )
        return link.filtered(lambda link: link._is_of_customer())

    def _is_of_customer(self):
        """Whether the signatory still belongs to the end customer: a former employee
        cannot sign for it (R1)."""
        self.ensure_one()
        customer = self.order_id.partner_id.commercial_partner_id
        signatory = self.signatory_id
        return signatory.active and signatory.commercial_partner_id == customer

    def _send_code(self):
        """Mail a one-time code to the signatory.

        :raises UserError: after too many codes
        """
        self.ensure_one()
        if self.codes_sent >= CODES_PER_LINK:
            raise UserError(
                self.env._(
                    "Too many codes were asked for with this link. Ask us for a new "
                    "link."
                )
            )
        code = f"{secrets.randbelow(10**6):06}"
        self.write(
            {
                "code_hash": self._hash_code(code),
                "code_expires_on": fields.Datetime.now()
                + timedelta(minutes=CODE_MINUTES),
                "code_tries": 0,
                "codes_sent": self.codes_sent + 1,
            }
        )
        self._mail("also_waas.mail_template_signing_code", signing_code=code)

    def _check_code(self, code):
        """Whether a typed code is right; a right one is used up.

        :return: an error as a sentence, or False. It is not raised, so that the count
            of tries outlives the request
        """
        self.ensure_one()
        self.lock_for_update()
        if not self.codes_sent:
            return self.env._("Ask for a code first: it comes by mail.")
        if not self.code_hash:
            return self.env._("This code was used already. Ask for a new one.")
        if self.code_expires_on < fields.Datetime.now():
            return self.env._("This code has expired. Ask for a new one.")
        if self.code_tries >= CODE_TRIES:
            return self.env._("Too many wrong codes. Ask for a new one.")
        typed = "".join(filter(str.isdigit, str(code or "")))
        if not consteq(self.code_hash, self._hash_code(typed)):
            self.code_tries += 1
            return self.env._("This code is wrong. Look at the newest mail from us.")
        self.code_hash = False
        return False

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    def _hash_code(self, code):
        return hmac(self.env(su=True), "waas-signing-code", (self.id, code))

    def _mail(self, template, **context):
        """Queue a mail that only this link's own record carries, and wake the queue.

        Its author is the system, not the user: authors may read their messages, and
        this one holds a secret.
        """
        template = (
            self.env.ref(template)
            .with_user(SUPERUSER_ID)
            .with_context(lang=self.lang, **context)
        )
        template.send_mail(
            self.id,
            email_layout_xmlid="mail.mail_notification_light",
            email_values={
                "email_to": self.email,
                "recipient_ids": [],
                "author_id": self.env.ref("base.partner_root").id,
            },
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
