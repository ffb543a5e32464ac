from odoo import models

from ...checked_numbers import is_iban
from ..common.waas_blocker_mixin import Way


class WaasDealMixin(models.AbstractModel):
    """What needs credit and signatures (R1).

    A deal has a company, a currency, an end customer (``partner_id``), a reseller, a
    signatory, a responsible (``user_id``) and agreements. It is a quotation or a change
    of a contract, and stands before a gate (``waas.blocker.mixin``).

    This file has the hooks of both, and the parties. The credit, the signatory and the
    signatures are in files of their own (``waas_deal_mixin_*.py``).
    """

    _name = "waas.deal.mixin"
    _description = "WaaS Deal"

    # === HOOKS ===#

    def _waas_get_credit_amount(self):
        """What the deal adds to ALSO's exposure, in the company's currency."""
        raise NotImplementedError

    def _waas_get_fingerprint(self):
        """Hash of everything that is agreed: other terms are another deal."""
        raise NotImplementedError

    def _waas_proceed_if_ready(self):
        """Let the deal take its next step when nothing is missing any more."""
        raise NotImplementedError

    def _waas_prepare_agreement(self):
        """Values by which an agreement or a signing link knows its deal."""
        raise NotImplementedError

    def _waas_prepare_amounts(self):
        """Values of the amounts that an agreement names."""
        raise NotImplementedError

    def _waas_prepare_credit_check(self):
        """Values by which a credit check knows the deal that asks for it."""
        raise NotImplementedError

    def _waas_get_agreement_templates(self):
        """The texts that both sides sign."""
        raise NotImplementedError

    def _waas_get_link_template(self):
        """XML ID of the mail that carries the signing link."""
        raise NotImplementedError

    def _waas_describe_parties(self):
        """What the signed text says of the parties and of the account to debit: a part
        of the deal like its prices (R1, R2).

        :return: dict of plain data
        """
        self.ensure_one()
        # Names on a document, for users who prepare it.
        signatory_sudo = self.sudo().waas_signatory_id
        company_sudo = self.sudo().company_id
        parties = {
            "lessor": company_sudo.partner_id._waas_describe_party(),
            "customer": self.partner_id.commercial_partner_id._waas_describe_party(),
            "contact": self.partner_id._waas_describe_party(),
            "reseller": self.waas_reseller_id._waas_describe_party(),
            "signatory": [
                signatory_sudo.name or "",
                signatory_sudo.email_normalized or "",
            ],
        }
        if self._waas_has_mandate():
            account = self._waas_get_debited_account()
            parties["account"] = account.sanitized_acc_number or ""
            parties["creditor"] = company_sudo.waas_creditor_identifier or ""
        return parties

    def _waas_has_mandate(self):
        """Hook: whether a direct debit mandate is among the texts."""
        return False

    def _waas_get_debited_account(self):
        """The end customer's bank account that a mandate names: the first that can be
        debited, else the first that is there.

        :return: ``res.partner.bank`` as superuser, or an empty record set
        """
        # Who prepares a deal need not read bank accounts; the signed text names one.
        partner_sudo = self.partner_id.sudo()
        accounts = partner_sudo.bank_ids or partner_sudo.commercial_partner_id.bank_ids
        valid = accounts.filtered(lambda account: is_iban(account.acc_number))
        return (valid or accounts)[:1]

    # === WAYS TO REMOVE BLOCKERS ===#

    def _waas_get_deal_ways(self):
        """The ways of every kind of deal, see ``_waas_get_ways`` of the gate."""
        signatory = Way(self.env._("Open Signatory"), "action_waas_view_signatory")
        return {
            "signatory": signatory,
            "signatory_mail": signatory,
            "signatory_domain": signatory,
            "link_undelivered": signatory,
            "credit_pending": Way(
                self.env._("Decide"),
                "action_waas_view_pending_check",
                "also_waas.group_waas_credit_officer",
            ),
        }

    def _waas_get_sales_ways(self, request, send):
        """The ways of what sales do at the gate, for a deal that can do it.

        :param request: ``Way`` that asks for a credit check
        :param send: ``Way`` that sends the agreements
        """
        return {
            "credit_missing": request,
            "credit_insufficient": request,
            "credit_rejected": request,
            "credit_expired": request,
            "agreements_missing": send,
            "agreements_refused": send,
        }

    # === MESSAGES ===#

    def _waas_tell(self, message):
        """Log a message of the system on the deal, for employees only."""
        self.message_post(body=message, author_id=self.env.ref("base.partner_root").id)
