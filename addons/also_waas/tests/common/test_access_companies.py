from contextlib import suppress

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_access_companies import OneCompanyAndAnotherCommon

# Documents of Odoo on which WaaS stands: ours are added from the registry.
DOCUMENTS = (
    "sale.order",
    "sale.order.line",
    "contract.contract",
    "contract.line",
    "stock.lot",
    "stock.picking",
    "stock.move",
    "stock.move.line",
    "account.move",
    "account.move.line",
)


EMPLOYEES = {"elsewhere", "plain", "salesman"}


# What is no secret of a company: who of the people of the test may read it.
SHARED = {
    # Odoo shows the transfers of the own company to its salespeople, and the serial
    # numbers in them to all employees.
    "stock.picking": {"salesman"},
    "stock.move": {"salesman"},
    "stock.move.line": {"plain", "salesman"},
    "waas.term": EMPLOYEES | {"portal", "rival"},
    "waas.manufacturer": EMPLOYEES,
    "waas.bundle.slot": EMPLOYEES,
    "waas.processor.certificate": EMPLOYEES,
    # What norms there are.
    "waas.erasure.standard": EMPLOYEES,
    # How long records are kept: one answer for all companies, and no record of any.
    "waas.retention": {"elsewhere"},
}


OPEN = {name for name in SHARED if name.startswith("waas.")}


@tagged("post_install", "-at_install")
class TestOneCompanyAndAnother(OneCompanyAndAnotherCommon):
    """B: models x people x ways to read. What belongs to ALSO is refused or empty for
    people of another company, of no company, or without the right, also through what is
    not saved yet."""

    def _get_models(self):
        ours = sorted(
            name
            for name, model in self.registry.items()
            if name.startswith("waas.") and not model._abstract
        )
        return [*DOCUMENTS, *ours]

    def _get_secrets(self, model):
        """Ids of what belongs to ALSO."""
        Model = self.env[model].sudo()
        if Model._transient:
            return Model.browse()
        domain = [("company_id", "=", self.also.id)]
        return Model.search(domain if "company_id" in Model._fields else [])

    def _each(self):
        for model in self._get_models():
            if secrets := self._get_secrets(model):
                for name, user in self.people.items():
                    if name not in SHARED.get(model, ()):
                        yield model, secrets, name, user

    def _try(self, user, model, method, *args, **kwargs):
        """What is answered, or nothing when it is refused."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.models", "odoo.sql_db"):
                return self._call(user, model, method, *args, **kwargs)
        except (AccessError, UserError):
            return []

    def _get_parents(self, model):
        """Fields that name a record of ALSO, with such a record: a form, a wizard or
        the context may give it."""
        Model = self.env[model]
        for name, field in sorted(Model._fields.items()):
            own = model.startswith("waas.") or name.startswith("waas_")
            if not field.relational or not own or field.comodel_name in OPEN:
                continue
            if field.comodel_name not in self._hidden:
                continue
            yield name, field, self._hidden[field.comodel_name]

    @property
    def _hidden(self):
        if not hasattr(type(self), "_hidden_records"):
            type(self)._hidden_records = {
                model: secrets[0]
                for model in self._get_models()
                if (secrets := self._get_secrets(model))
            }
        return self._hidden_records

    def _get_spec(self, user, model):
        Model = self.env[model].with_user(user)
        return {
            name: {"fields": {"display_name": {}}}
            if field["type"] == "many2one"
            else {}
            for name, field in Model.fields_get(attributes=["type"]).items()
        }

    def _assert_not_computed(self, user, model, name, field, secret, spec):
        value = secret.id
        if field.type != "many2one":
            value = [Command.link(secret.id)]
        for values, names, context in (
            ({name: value}, [name], {}),
            ({}, [], {f"default_{name}": value}),
        ):
            if context and name in self._get_deaf_fields(model):
                with suppress(AccessError), self.env.cr.savepoint():
                    answer = self._call(
                        user, model, "onchange", values, names, spec, context=context
                    )
                    self.assertFalse(answer["value"].get(name))
                continue
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._call(
                    user, model, "onchange", values, names, spec, context=context
                )

    def _get_deaf_fields(self, model):
        """Fields that take no default of the context: the system writes them."""
        guarded = self.registry["waas.guarded.mixin"]
        record = self.env[model]
        return record._waas_get_system_fields() if isinstance(record, guarded) else ()

    def _get_blockers(self, user, customer):
        values = {
            "is_waas": True,
            "partner_id": customer.id,
            "company_id": self.also.id,
            "waas_term_id": self.terms[36].id,
        }
        spec = {"waas_blocker_html": {}}
        answer = self._call(user, "sale.order", "onchange", values, [*values], spec)
        return answer["value"].get("waas_blocker_html") or ""

    # === SAVED RECORDS ===#

    def test_b_there_is_something_to_hide(self):
        hidden = {model for model in self._get_models() if self._get_secrets(model)}
        for model in (
            *DOCUMENTS,
            "waas.agreement",
            "waas.certificate",
            "waas.change",
            "waas.change.line",
            "waas.commission",
            "waas.credit.check",
            "waas.custody.entry",
            "waas.deal.registration",
            "waas.erasure",
            "waas.hardware.request",
            "waas.installment",
            "waas.invoice.run",
            "waas.license",
            "waas.manufacturer.reseller",
            "waas.replacement",
            "waas.reseller.service",
            "waas.return",
            "waas.return.finding",
            "waas.return.handover",
            "waas.return.line",
            "waas.signing.link",
        ):
            self.assertIn(model, hidden)

    def test_b_reading_searching_and_exporting(self):
        for model, secrets, name, user in self._each():
            with self.subTest(model=model, person=name):
                seen = set(self._try(user, model, "search", []))
                self.assertFalse(seen & set(secrets.ids), "search")
                names = self._try(user, model, "name_search", "", limit=None)
                self.assertFalse({one[0] for one in names} & set(secrets.ids))
                for method, *args in (
                    ("read", secrets.ids, ["id"]),
                    ("web_read", secrets.ids, {"display_name": {}}),
                    ("export_data", secrets.ids, ["id"]),
                ):
                    self.assertFalse(self._try(user, model, method, *args), method)

    def test_b_grouping(self):
        """A group counts what is in it."""
        for model, secrets, name, user in self._each():
            domain = [("id", "in", secrets.ids)]
            with self.subTest(model=model, person=name):
                groups = self._try(
                    user, model, "formatted_read_group", domain, [], ["__count"]
                )
                self.assertFalse(sum(group["__count"] for group in groups))

    # === RECORDS THAT ARE NOT SAVED YET ===#

    def test_b1_an_unsaved_record_shows_nothing_of_what_it_names(self):
        """Whoever names a record may read it: by the form, and by the context."""
        tried = set()
        for model in [*self._get_models()]:
            for who, user in self.people.items():
                if not self.env[model].with_user(user).has_access("create"):
                    continue
                spec = self._get_spec(user, model)
                for name, field, secret in self._get_parents(model):
                    if name not in spec:
                        continue  # of other groups
                    tried.add((model, name, who))
                    with self.subTest(model=model, field=name, person=who):
                        self._assert_not_computed(
                            user, model, name, field, secret, spec
                        )
        for case in (
            ("waas.change", "contract_id", "elsewhere"),
            ("waas.change.line", "bundle_line_id", "elsewhere"),
            ("waas.bundle.configure", "order_id", "elsewhere"),
            ("stock.lot", "waas_contract_id", "elsewhere"),
        ):
            self.assertIn(case, tried)

    def test_b1_everybody_who_may_make_one_is_checked(self):
        """A model of ours that somebody may write on checks what is named."""
        mixin = self.registry["waas.readable.mixin"]
        access = self.env["ir.model.access"].search(
            [
                ("model_id.model", "=like", "waas.%"),
                "|",
                ("perm_create", "=", True),
                ("perm_write", "=", True),
            ]
        )
        open_models = set(access.model_id.mapped("model"))
        # Lines of what is checked as a whole, by their form as well.
        self.assertFalse(
            {
                model
                for model in open_models
                if not issubclass(self.registry[model], mixin)
            }
        )

    def test_b1_a_change_of_another_companys_contract(self):
        """The case as it was seen."""
        user = self.people["elsewhere"]
        spec = self._get_spec(user, "waas.change")
        values = {"contract_id": self.contract.id, "kind": "extension"}
        with self.assertRaises(AccessError):
            self._call(user, "waas.change", "onchange", values, [*values], spec)

    def test_b1_a_line_within_a_form_is_checked_as_well(self):
        user = self.people["elsewhere"]
        line = self.contract.contract_line_ids[0]
        values = {"line_ids": [Command.create({"bundle_line_id": line.id})]}
        spec = {"line_ids": {"fields": {"price_unit": {}}}}
        with self.assertRaises(AccessError):
            self._call(user, "waas.change", "onchange", values, ["line_ids"], spec)

    def test_b1_a_line_that_tells_its_form(self):
        """A form tells its lines all it knows of itself."""
        user = self.people["elsewhere"]
        spec = {"price_unit": {}, "commission": {}}
        values = {"change_id": {"contract_id": self.contract.id, "kind": "extension"}}
        with self.assertRaises(AccessError):
            self._call(
                user, "waas.change.line", "onchange", values, ["change_id"], spec
            )

    def test_b1_a_wizard_on_another_companys_quotation(self):
        user = self.people["elsewhere"]
        values = {"order_id": self.quotation.id, "bundle_id": self.bundle.id}
        for method, args in (
            ("create", [[values]]),
            ("web_save", [[], values, {"commission_amount": {}}]),
        ):
            with (
                self.subTest(method=method),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self._call(user, "waas.bundle.configure", method, *args)

    def test_b1_a_line_of_another_companys_order(self):
        user = self.people["elsewhere"]
        values = {"order_id": self.quotation.id, "product_id": self.bundle.id}
        spec = {"price_unit": {}, "waas_commission_amount": {}}
        with self.assertRaises(AccessError):
            self._call(
                user, "sale.order.line", "onchange", values, ["product_id"], spec
            )

    def test_b1_a_quotation_in_another_companys_name(self):
        """The credit of a customer is one company's business."""
        user = self.people["elsewhere"]
        values = {
            "is_waas": True,
            "partner_id": self.customer.id,
            "company_id": self.also.id,
        }
        spec = {"waas_blocker_html": {}}
        with self.assertRaises(AccessError):
            self._call(user, "sale.order", "onchange", values, [*values], spec)

    def test_b1_who_may_read_goes_on(self):
        values = {"contract_id": self.contract.id, "kind": "upgrade"}
        spec = {"monthly_before": {}, "partner_id": {"fields": {"display_name": {}}}}
        answer = self._call(
            self.seller, "waas.change", "onchange", values, [*values], spec
        )
        self.assertEqual(
            answer["value"]["monthly_before"], self.contract.waas_monthly_amount
        )

    # === CREDIT ===#

    def test_b2_a_salesman_does_not_read_why_credit_was_rejected(self):
        order = self._create_order(12, quantity=1, partner_id=self.other_customer.id)
        order.action_waas_request_credit()
        check = order.waas_credit_check_ids
        check.with_user(self.officer)._reject("Three unpaid invoices")
        text = self._get_blockers(self.people["salesman"], self.other_customer)
        self.assertIn("is not approved for this deal", text)
        self.assertNotIn("unpaid", text)
        self.assertIn("Three unpaid", self._get_blockers(self.seller, order.partner_id))

    def test_b2_a_salesman_does_not_read_for_how_much_credit_is_approved(self):
        order = self._create_order(12, quantity=1, partner_id=self.other_customer.id)
        order.action_waas_request_credit()
        check = order.waas_credit_check_ids
        check.with_user(self.officer)._approve(0.01, fields.Date.to_date("2099-12-31"))
        text = self._get_blockers(self.people["salesman"], self.other_customer)
        self.assertNotIn("exposure", text)
