"""The end customers of a partner."""

import re
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...checked_numbers import get_vat_key
from ...outside import find_same

# Fields of an end customer that a partner enters, and their maximum length.
CUSTOMER_FIELDS = {
    "name": 120,
    "vat": 20,
    "street": 120,
    "zip": 12,
    "city": 80,
    "contact_name": 120,
    "contact_email": 120,
}
RECENT_CUSTOMERS = 20
SAME_FIELDS = ("name", "street", "zip", "city")
REQUIRED = ("name", "street", "zip", "city", "contact_name", "contact_email")
LEGAL_FORM = re.compile(
    r"[\s,]+(?:b\.?\s?v\.?|n\.?\s?v\.?|v\.?o\.?f\.?|u\.?a\.?|gmbh|ag|kg|bvba|srl|sprl"
    r"|sarl|s\.?a\.?|ltd\.?|limited)\s*$",
    re.IGNORECASE,
)


def _get_key(text):
    """A text without spelling variants: accents are decomposed into separate characters
    and removed."""
    text = unicodedata.normalize("NFKD", text or "")
    return "".join(filter(str.isalnum, text)).casefold()


def _get_name_key(name):
    return _get_key(LEGAL_FORM.sub("", name or ""))


class ResPartner(models.Model):
    _inherit = "res.partner"

    waas_brought_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Introduced By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The reseller who entered this end customer in the portal.",
        check_company=True,
    )

    def _waas_get_deal_domain(self):
        """The deals of this reseller."""
        self.ensure_one()
        return Domain("is_waas", "=", True) & Domain(
            "waas_reseller_id", "child_of", self.ids
        )

    @api.private
    def _waas_get_customer_domain(self):
        """End customers of this reseller: those it entered, and those of its deals.

        Callers that find them as superuser show name and city only.
        """
        self.ensure_one()
        return Domain("waas_brought_by_id", "=", self.id) | Domain(
            "sale_order_ids", "any", self._waas_get_deal_domain()
        )

    @api.private
    def _waas_get_portal_row(self):
        """What its partner may see of an end customer.

        :return: dict ``{id, name, city, label}``
        """
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "city": self.city,
            "label": ", ".join(filter(None, (self.name, self.city))),
        }

    @api.private
    def _waas_get_portal_address(self):
        """An address at which devices can be picked up.

        :return: dict ``{id, label}``
        """
        self.ensure_one()
        name = self.name or self.parent_id.name
        parts = (name, self.street, self.zip, self.city)
        return {"id": self.id, "label": ", ".join(filter(None, parts))}

    @api.private
    def _waas_find_customer(self, customer_id):
        """One end customer of this reseller, as superuser; empty for one of another
        reseller."""
        return self.sudo().search(
            Domain("id", "=", customer_id) & self._waas_get_customer_domain(), limit=1
        )

    @api.private
    def _waas_get_recent_customers(self):
        """End customers of the newest deals, and those entered last.

        :return: ``res.partner``, as superuser, by name; limited
        """
        self.ensure_one()
        groups = self.env["sale.order"]._read_group(
            self._waas_get_deal_domain(),
            ["partner_id"],
            order="id:max desc",
            limit=RECENT_CUSTOMERS,
        )
        partners_sudo = self.browse().sudo()
        entered = partners_sudo.search(
            [("waas_brought_by_id", "=", self.id)],
            order="id desc",
            limit=RECENT_CUSTOMERS,
        )
        dealt_with = partners_sudo.union(*(partner for (partner,) in groups))
        return (dealt_with | entered).sorted(lambda partner: (partner.name, partner.id))

    @api.private
    def _waas_bring_customer(self, values, country):
        """Create an end customer of this reseller, with one contact who may sign.

        :param dict values: texts, see ``CUSTOMER_FIELDS``
        :param country: ``res.country`` of the customer
        :return: the new company
        :raises UserError: when a value is missing or too long, or the VAT number is
            invalid
        """
        self.ensure_one()
        values = self._waas_clean_customer(values)
        if same_sudo := self._waas_find_same(values, country):
            return same_sudo
        self.env["waas.form.lock"]._take(self.env.user)
        vat, _code = self._run_vat_checks(
            country, values["vat"], partner_name=values["name"]
        )
        company_sudo = self.sudo().create(
            {
                "name": values["name"],
                "is_company": True,
                "vat": vat,
                "street": values["street"],
                "zip": values["zip"],
                "city": values["city"],
                "country_id": country.id,
                "lang": self.lang,
                "waas_brought_by_id": self.id,
            }
        )
        self.sudo().create(
            {
                "name": values["contact_name"],
                "email": values["contact_email"],
                "parent_id": company_sudo.id,
                "lang": self.lang,
            }
        )
        company_sudo._waas_tell_double()
        return company_sudo

    def _waas_find_same(self, values, country):
        """The end customer that the same form created a moment ago: a duplicate
        submission."""
        return find_same(
            # The domain restricts to the partner's own.
            self.browse().sudo(),
            {
                "waas_brought_by_id": self.id,
                "country_id": country.id,
                "child_ids.email": values["contact_email"],
                **{name: values[name] for name in SAME_FIELDS},
            },
        )

    def _waas_clean_customer(self, values):
        labels = self._waas_get_customer_labels()
        cleaned = {}
        for name, limit in CUSTOMER_FIELDS.items():
            text = str(values.get(name) or "").strip()
            if len(text) > limit:
                raise UserError(
                    self.env._(
                        "%(field)s is too long: %(limit)s characters at most.",
                        field=labels[name],
                        limit=limit,
                    )
                )
            if not text and name in REQUIRED:
                raise UserError(self.env._("Fill in %(field)s.", field=labels[name]))
            cleaned[name] = text
        # A single mailbox: the link to sign is for one person (R1).
        cleaned["contact_email"] = email_normalize(cleaned["contact_email"])
        if not cleaned["contact_email"]:
            raise UserError(self.env._("Fill in one mail address of who signs."))
        return cleaned

    @api.model
    def _waas_get_customer_labels(self):
        return {
            "name": self.env._("Company"),
            "vat": self.env._("VAT number"),
            "street": self.env._("Street and number"),
            "zip": self.env._("Postal code"),
            "city": self.env._("City"),
            "contact_name": self.env._("Who signs"),
            "contact_email": self.env._("Mail address of who signs"),
        }

    def _waas_tell_double(self):
        """Notify the back office of a possible duplicate customer: its credit is one,
        through any partner."""
        for partner in self:
            new = partner.name
            if double := partner._waas_find_same_vat():
                partner._waas_todo(
                    "customer_twice",
                    note=lambda env, new=new, old=double.display_name: env._(
                        "%(new)s has the VAT number of %(old)s: merge them before the "
                        "credit check.",
                        new=new,
                        old=old,
                    ),
                )
            elif double := partner._waas_find_same_place():
                partner._waas_todo(
                    "customer_twice",
                    note=lambda env, new=new, old=double.display_name: env._(
                        "%(new)s has the name and the address of %(old)s: merge them "
                        "before the credit check if they are one company.",
                        new=new,
                        old=old,
                    ),
                )

    def _waas_get_others_domain(self):
        """Other companies in this company's contacts, also those within a group."""
        return (
            Domain("id", "!=", self.id)
            & (Domain("parent_id", "=", False) | Domain("is_company", "=", True))
            & Domain("company_id", "in", (self.env.company.id, False))
        )

    def _waas_get_vat_key(self):
        return get_vat_key(self.vat, self.country_id.code)

    def _waas_find_same_vat(self):
        """Another company with this VAT number, in any spelling."""
        key = self._waas_get_vat_key()
        if not key:
            return self.browse()
        pattern = f"%{'%'.join(key)}%"  # dots and blanks may be anywhere
        found = self.search(
            self._waas_get_others_domain() & Domain("vat", "=ilike", pattern)
        )
        return found.filtered(lambda partner: partner._waas_get_vat_key() == key)[:1]

    def _waas_find_same_place(self):
        """Another company with this name and address, unless its VAT number proves that
        it is a different one."""
        found = self.search(
            self._waas_get_others_domain()
            & Domain("zip", "=ilike", "%".join(_get_key(self.zip)))
            & Domain("country_id", "in", (self.country_id.id, False))
        )
        return found.filtered(
            lambda partner: _get_name_key(partner.name) == _get_name_key(self.name)
            and not (partner._waas_get_vat_key() and self._waas_get_vat_key())
        )[:1]
