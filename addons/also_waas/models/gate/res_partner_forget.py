"""A person asks to be forgotten (GDPR). The contact and every copy of its name and
mail address in our records are made nameless; what both sides signed and the chain
of custody stay, as evidence, until their retention is over."""

import re

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .waas_agreement import LIVE_STATES

# A shorter name is found in too many words.
MIN_NAME = 4
# How a record of ours leads to the end customer whose people it may name.
CUSTOMER_PATHS = (
    "partner_id",
    "order_id.partner_id",
    "contract_id.partner_id",
    "return_id.partner_id",
)
CLEARED_FIELDS = (
    "email",
    "phone",
    "street",
    "street2",
    "zip",
    "city",
    "function",
    "comment",
    "vat",
    "website",
    "image_1920",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_waas_forget(self):
        """Make a person nameless, here and in every record of ours.

        :raises UserError: when the person still has something to sign, or is a company
        """
        if not self.env.user.has_group("also_waas.group_waas_manager"):
            raise AccessError(self.env._("Only a WaaS manager anonymises a person."))
        self.check_access("write")
        for person in self:
            person._waas_ensure_can_be_forgotten()
            # A manager need not have access to every record that names the person.
            person.sudo()._waas_forget()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The person is anonymised."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _waas_ensure_can_be_forgotten(self):
        self.ensure_one()
        if self.is_company:
            raise UserError(
                self.env._(
                    "%(name)s is a company: choose the person who asks to be "
                    "forgotten.",
                    name=self.display_name,
                )
            )
        # Only whether the person is an employee.
        if self.sudo().user_ids.filtered(lambda user: not user.share):
            raise UserError(
                self.env._(
                    "%(name)s is an internal user: archive the user first.",
                    name=self.display_name,
                )
            )
        if waiting := self._waas_get_what_waits():
            raise UserError(
                self.env._(
                    "%(name)s is still needed for %(documents)s: choose another person "
                    "there, or finish it.",
                    name=self.display_name,
                    documents=", ".join(waiting),
                )
            )

    def _waas_get_what_waits(self):
        """Hook: names of documents that still need this person."""
        agreements = self.env["waas.agreement"].sudo()  # names only
        unsigned = agreements.search(
            [
                ("signatory_id", "=", self.id),
                ("state", "in", LIVE_STATES),
                ("state", "!=", "signed"),
            ]
        )
        return unsigned.mapped("display_name")

    def _waas_forget(self):
        self.ensure_one()
        texts = self._waas_get_own_texts()
        customer = self.commercial_partner_id
        nameless = self.env._("Removed Person %(number)s", number=self.id)
        self.env["waas.signing.link"].search(
            [("signatory_id", "=", self.id)]
        )._waas_forget()
        self.env["waas.agreement"].search(
            [
                ("signatory_id", "=", self.id),
                ("signed_document_sha256", "=", False),
                ("forgotten_on", "=", False),
            ]
        )._waas_forget()
        kept = self.env["waas.agreement"].search_count(
            [("signatory_id", "=", self.id), ("forgotten_on", "=", False)]
        )
        self.user_ids.write({"active": False})
        for user in self.user_ids:
            user.login = f"removed-{user.id}"
        self.write({**dict.fromkeys(CLEARED_FIELDS, False), "name": nameless})
        count = sum(
            len(self._waas_forget_in(model, names, texts, customer, nameless))
            for model, names in self._waas_get_text_fields().items()
        )
        count += len(self._waas_forget_in_messages(texts, nameless))
        self.action_archive()
        self.message_post(
            body=self.env._(
                "Anonymised, here and in %(count)s records. Kept as evidence until "
                "their retention is over: %(kept)s signed agreements, and the "
                "chain of custody.",
                count=count,
                kept=kept,
            )
        )

    def _waas_get_own_texts(self):
        """The texts by which others know this person: the mail addresses first.

        :return: tuple of the addresses, and of the name where it is long enough
        """
        addresses = {self.email, self.email_normalized, *self.user_ids.mapped("login")}
        addresses = {address for address in addresses if address and "@" in address}
        name = (self.name or "").strip()
        return tuple(addresses), (name,) if len(name) >= MIN_NAME else ()

    @api.model
    def _waas_get_text_fields(self):
        """Every text of ours in which a person may be named.

        :return: dict of names of stored fields by model
        """
        found = {}
        for model in self.env.values():
            if model._abstract or model._transient or not model._auto:
                continue
            names = [
                name
                for name, field in model._fields.items()
                if field.store
                and field.type in ("char", "text", "html")
                and not field.translate
                and not field.related
                and name not in ("name", "display_name", "token", "key")
                and (field._module or "").startswith("also_waas")
            ]
            if names:
                found[model._name] = names
        return found

    def _waas_forget_in(self, model_name, names, texts, customer, nameless):
        """Take the person out of the texts of a model.

        :param customer: ``res.partner``: by name the person is looked for in its
            records only, for another customer may have a person of the same name
        :return: the records that named it
        """
        model = self.env[model_name].with_context(
            active_test=False, tracking_disable=True
        )
        addresses, own_names = texts
        domain = Domain.OR(
            Domain(name, "ilike", text) for name in names for text in addresses
        )
        path = next(
            (path for path in CUSTOMER_PATHS if path.split(".")[0] in model._fields),
            None,
        )
        if path:
            domain |= Domain(path, "child_of", customer.ids) & Domain.OR(
                Domain(name, "ilike", text) for name in names for text in own_names
            )
        if evidence := self._waas_get_evidence().get(model_name):
            domain &= Domain(evidence, "=", False)
        records = model.search(domain)
        for record in records:
            values = {
                name: _replace(record[name], (*addresses, *own_names), nameless)
                for name in names
                if record[name]
            }
            record.write(
                {name: text for name, text in values.items() if text != record[name]}
            )
        return records

    def _waas_forget_in_messages(self, texts, nameless):
        """Take the person out of what was said of it in our conversations."""
        addresses, own_names = texts
        messages = self.env["mail.message"].search(
            Domain.OR(Domain("body", "ilike", text) for text in addresses)
            | Domain("author_id", "=", self.id)
        )
        for message in messages:
            message.write(
                {
                    "body": _replace(message.body, (*addresses, *own_names), nameless),
                    "email_from": _replace(message.email_from, addresses, nameless),
                }
            )
        return messages

    @api.model
    def _waas_get_evidence(self):
        """Hook: what proves something and stays until its retention is over.

        :return: dict of the name of a model -> the field that is set on evidence
        """
        return {"waas.agreement": "signed_document_sha256"}


def _replace(text, words, by):
    """``text`` with other words, whatever their case.

    >>> _replace("Ask ANN@x.nl", ["ann@x.nl"], "nobody")
    'Ask nobody'
    """
    if not text:
        return text
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    replaced = re.sub(pattern, by, str(text), flags=re.IGNORECASE) if pattern else text
    return Markup(replaced) if isinstance(text, Markup) else replaced
