from contextlib import suppress
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .cases import SIGNATURE, WaasReturnCommon

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
class TestOneCompanyAndAnother(WaasReturnCommon):
    """B: models x people x ways to read. What belongs to ALSO is refused or empty for
    people of another company, of no company, or without the right, also through what is
    not saved yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.setup_other_company(name="ALSO Elsewhere")["company"]
        cls._set_up_people_elsewhere()
        cls._set_up_secrets()

    @classmethod
    def _set_up_people_elsewhere(cls):
        def user(login, groups, company=None):
            company = company or cls.also
            return new_test_user(
                cls.env,
                login,
                groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )

        stranger = cls._create_party("Stranger")
        cls.people = {
            # All rights there are, in another company.
            "elsewhere": user(
                "manager_elsewhere",
                "also_waas.group_waas_manager,also_waas.group_waas_credit_officer,"
                "account.group_account_manager,stock.group_stock_manager",
                cls.elsewhere,
            ),
            "plain": user("plain_employee", "base.group_user"),
            "salesman": user("plain_salesman_b", "sales_team.group_sale_salesman"),
            "portal": cls._create_portal_user("portal_b", stranger.child_ids),
            "rival": cls._create_portal_user(
                "rival_b",
                cls.other_reseller.child_ids,
                "also_waas.group_waas_reseller",
            ),
        }

    @classmethod
    def _set_up_secrets(cls):
        """One of everything of ALSO, as the flow makes it."""
        today = fields.Date.today()
        cls.change = cls._upgrade(cls.contract, today)
        cls.env["waas.reseller.service"].create(
            {"order_id": cls.order.id, "name": "Installation"}
        )
        cls.record = cls._create_return(cls.devices[:1])
        cls._receive(cls.record, cls.devices[:1])
        cls._certify(cls.devices[:1])
        cls.env["waas.return"].with_user(cls.warehouse)._receive_scans(
            ["UNKNOWN-1"], cls.also
        )
        [new] = cls._put_in_stock(cls.laptop, 1, 90)
        cls.env["waas.replacement"]._start(cls.devices[1], new, "Broken")
        cls._invoice_up_to(cls.contract, today)
        cls.invoice_run = cls._create_run(today)
        cls.quotation = cls._create_order(12, quantity=1)
        cls.env["waas.hardware.request"].create(
            {
                "company_id": cls.also.id,
                "reseller_id": cls.reseller.id,
                "manufacturer_name": "Rare",
                "description": "Something special",
            }
        )
        cls._set_up_numbers()
        cls._hand_over(cls.devices[2:])
        cls.env.flush_all()

    @classmethod
    def _set_up_numbers(cls):
        """By which a manufacturer credits partner and deal."""
        maker = {"manufacturer_id": cls.manufacturer.id, "number": "SECRET-1"}
        cls.env["waas.manufacturer.reseller"].create(
            {**maker, "company_id": cls.also.id, "reseller_id": cls.reseller.id}
        )
        cls.env["waas.deal.registration"].create({**maker, "order_id": cls.order.id})

    @classmethod
    def _hand_over(cls, devices):
        start = fields.Datetime.now() + timedelta(days=3)
        record = cls._create_return(
            devices,
            announce=False,
            method="pickup",
            pickup_address_id=cls.customer.id,
            pickup_contact="Porter",
            pickup_from=start,
            pickup_to=start + timedelta(hours=2),
            processor_id=cls.processor.id,
        )
        record.sudo().write(
            {"state": "confirmed", "confirmed_on": fields.Datetime.now()}
        )
        record.with_user(cls.warehouse)._collect(
            cls.customer,
            {
                "collected_on": fields.Datetime.now(),
                "counted": len(devices),
                "seals": "A1",
                "handed_over_by": "Porter",
                "collected_by": "Driver",
                "signature": SIGNATURE,
            },
        )

    # === HELPERS ===#

    def _call(self, user, model, method, *args, **kwargs):
        """What a request to call a method does, short of the network."""
        self.env.invalidate_all()  # what others have read is not theirs
        if method == "onchange":
            args = ([], *args)  # of no record
        return call_kw(
            self.env(user=user, su=False, context={})[model],
            method,
            list(args),
            kwargs,
        )

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

    # === DEVICES ===#

    def _deliver_shared(self):
        """A device whose company was left open, delivered."""
        [device] = self._put_in_stock(self.laptop, 1, 700)
        device.company_id = False
        order = self._confirm(self._create_order(12, quantity=1))
        picking = order.picking_ids
        picking.action_assign()
        line = picking.move_line_ids
        line.lot_id = device
        self._deliver(order)
        self.assertEqual(device.waas_contract_id, order.sudo().waas_contract_ids)
        return device

    def test_b3_a_rented_device_belongs_to_its_owners_company(self):
        device = self._deliver_shared()
        self.assertEqual(device.company_id, self.also)
        user = self.people["elsewhere"]
        for method, *args in (
            ("read", ["name", "waas_holder_id"]),
            ("write", {"name": "MINE"}),
            ("write", {"waas_warranty_start": "2020-01-01"}),
        ):
            with (
                self.subTest(method=method, args=args),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self._call(user, "stock.lot", method, device.ids, *args)
        self.assertFalse(
            self._call(user, "stock.lot", "search", [("id", "=", device.id)])
        )

    def test_b3_nobody_takes_a_device_from_its_owner(self):
        """Without a company it would be everybody's."""
        device = self.devices[0]
        for user in (self.warehouse, self.seller, self.manager):
            for company in (self.env["res.company"], self.elsewhere):
                with self._assert_refuses(".", UserError):
                    device.with_user(user).company_id = company
            # What is at no customer any more as well.
            with self._assert_refuses("stays its own until it is sold", AccessError):
                self.record.line_ids.device_id.with_user(user).company_id = False
        self.assertEqual(device.company_id, self.also)

    def test_b3_a_device_keeps_its_owner_when_it_is_back(self):
        device = self._deliver_shared()
        record = self._create_return(device)
        self._receive(record, device)
        self.assertEqual(device.company_id, self.also)
        # Also when the company of its product changes.
        self.laptop.company_id = self.also
        self.laptop.company_id = False
        self.env.flush_all()
        self.assertEqual(device.company_id, self.also)

    def test_b4_what_a_company_tells_a_manufacturer_is_its_own(self):
        self.manufacturer.with_company(self.also).write(
            {
                "sellout": True,
                "sellout_start": "2026-01-01",
                "sellout_email": "sellout@goodmake.test",
                "sellout_period": "quarter",
            }
        )
        self.env.flush_all()
        there = self.manufacturer.with_user(self.people["elsewhere"])
        self.assertFalse(there.sellout)
        self.assertFalse(there.sellout_email)
        self.assertEqual(there.sellout_period, "month")
        there.write(
            {
                "sellout_email": "mine@elsewhere.test",
                "sellout_agreement": "Ours",
                "sellout_customer_name": True,
                "sellout_channel": "folder",
                "sellout_folder": "mine",
            }
        )
        self.env.flush_all()
        here = self.manufacturer.with_company(self.also)
        self.assertRecordValues(
            here,
            [
                {
                    "sellout": True,
                    "sellout_email": "sellout@goodmake.test",
                    "sellout_period": "quarter",
                    "sellout_agreement": False,
                    "sellout_customer_name": False,
                    "sellout_channel": "mail",
                    "sellout_folder": False,
                }
            ],
        )
        report = (
            self.env["waas.sellout.report"]
            .with_company(self.elsewhere)
            .new({"manufacturer_id": here.id, "company_id": self.also.id})
        )
        self.assertEqual(report._get_manufacturer().sellout_email, here.sellout_email)

    def test_b4_a_partner_is_one_in_each_company(self):
        there = self.reseller.with_user(self.people["elsewhere"])
        self.assertFalse(there.waas_is_reseller)
        there.waas_is_reseller = True
        there.waas_is_reseller = False
        self.env.flush_all()
        self.assertTrue(self.reseller.with_company(self.also).waas_is_reseller)
        self._create_order(12, quantity=1)

    def test_b6_custody_and_claims_are_booked_in_the_owners_company(self):
        [device] = self._put_in_stock(self.laptop, 1, 710)
        device.company_id = False
        both = new_test_user(
            self.env,
            "both_companies",
            "also_waas.group_waas_manager,stock.group_stock_manager",
            company_id=self.elsewhere.id,
            company_ids=[Command.set((self.also | self.elsewhere).ids)],
        )
        there = device.with_user(both).with_company(self.elsewhere)
        self.assertEqual(there.env.company, self.elsewhere)
        there._waas_log("graded")
        self.assertEqual(device.sudo().waas_custody_ids[0].company_id, self.also)
        self.laptop.with_company(self.also).standard_price = 1000.0
        self.laptop.with_company(self.elsewhere).standard_price = 1.0
        self.assertEqual(there._waas_get_claim_value(), 1000.0)

    def test_b5_without_the_partner_group_no_word_of_its_deals(self):
        """The services of a partner are read by the end customer, and by those of the
        partner's people who may see its deals."""
        contact = self.env["res.partner"].create(
            {"name": "Left", "parent_id": self.reseller.id, "email": "left@p.test"}
        )
        user = self._create_portal_user(
            "left_b", contact, "also_waas.group_waas_reseller"
        )
        self.assertTrue(self._call(user, "waas.reseller.service", "search", []))
        bill = self._make_commission_bill()
        of_bill = [("id", "=", bill.id)]
        of_lines = [("move_id", "=", bill.id), ("settlement_id", "!=", False)]
        self.assertTrue(self._call(user, "account.move", "search", of_bill))
        self.assertTrue(self._call(user, "account.move.line", "search", of_lines))
        user.group_ids = [Command.set(self.env.ref("base.group_portal").ids)]
        self.assertFalse(self._call(user, "waas.reseller.service", "search", []))
        self.assertFalse(self._call(user, "account.move", "search", of_bill))
        self.assertFalse(self._call(user, "account.move.line", "search", of_lines))
        # Everybody else sees what they saw.
        self.assertTrue(self._call(self.accountant, "account.move", "search", of_bill))

    def _make_commission_bill(self):
        settlement = (
            self.env["commission.settlement"]
            .sudo()
            .create(
                {
                    "agent_id": self.reseller.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-01-31",
                    "settlement_type": "waas",
                    "company_id": self.also.id,
                }
            )
        )
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.reseller.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Commission",
                            # As the ledger: nothing is settled.
                            "price_unit": 0.0,
                            "settlement_id": settlement.id,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill
