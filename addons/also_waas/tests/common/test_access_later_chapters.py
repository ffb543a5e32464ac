from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_qweb import QWebError

from .cases_steps import SIGNATURE
from .common_access_later_chapters import AccessOfLaterChaptersCommon

# Models of the chapters after invoicing, and wizards, with who of the users of the test
# may read them. Nobody of these users writes any of it.
READERS = {
    "waas.change": {"officer"},
    "waas.change.line": {"officer"},
    "waas.return": set(),
    "waas.return.line": set(),
    "waas.return.finding": set(),
    "waas.return.handover": set(),
    "waas.return.collect": set(),
    "waas.erasure.standard": {"officer", "salesman", "elsewhere"},
    "waas.erasure": set(),
    "waas.certificate": set(),
    "waas.custody.entry": set(),
    "waas.processor.certificate": {"officer", "salesman", "elsewhere"},
    "waas.asset": {"officer"},
    "waas.depreciation": {"officer"},
    "waas.fleet.report": {"officer"},
    "waas.commission": {"reseller"},
    "waas.sellout.report": set(),
    "waas.sellout.line": {"reseller"},
    "waas.sellout.sending": set(),
    "waas.sellout.unnotified": set(),
    "waas.sellout.leave.out": set(),
    "waas.manufacturer.reseller": set(),
    "waas.deal.registration": set(),
    "waas.license": {"officer"},
    "waas.license.step": {"officer"},
    "waas.license.check": set(),
    "waas.marketplace": set(),
    "waas.marketplace.message": set(),
    "waas.marketplace.session": set(),
    "waas.marketplace.assumption": set(),
    "waas.marketplace.service": set(),
    "waas.marketplace.term": set(),
    "waas.marketplace.value": set(),
    "waas.marketplace.customer": set(),
    "waas.marketplace.call": set(),
    "waas.replacement": set(),
    "commission.settlement": set(),
    "commission.settlement.line": set(),
    "waas.rate.limit": set(),
    "waas.form.lock": set(),
    "waas.return.receive": set(),
    "waas.erasure.certify": set(),
    "waas.device.grade": set(),
    "waas.device.loss": set(),
    "waas.device.replace": set(),
    "waas.device.correct": set(),
    "waas.commission.statement": set(),
    "waas.credit.check.decide": set(),
    "waas.agreement.countersign": set(),
    "waas.person.forget": set(),
    "waas.mandate.complete": set(),
    "waas.order.cancel": set(),
    "waas.leaving.cost": set(),
    "waas.warranty.extend": set(),
    "waas.installment.waive": set(),
}


# What anybody may do with these wizards: it is their own, and shows nothing by itself.
OWN_WIZARDS = {
    "elsewhere": {"waas.commission.statement"},
    "officer": {"waas.credit.check.decide"},
}


# Actions of models that the wrong person may not even name.
PREFIXES = ("action_", "button_")


@tagged("post_install", "-at_install")
class TestAccessOfLaterChapters(AccessOfLaterChaptersCommon):
    """Changes, returns, fleet, commission, sell-out and licenses, as the wrong person
    would try them from outside: through the door of every RPC."""

    def _each(self):
        for model, readers in READERS.items():
            for name, user in self.wrong_people.items():
                yield model, name, user, readers

    def _assert_no_access(self, *args, exception=AccessError):
        with self.assertRaises(exception), self.env.cr.savepoint():
            self._call(*args)

    def _snapshot(self, records):
        """Everything that is stored of these records."""
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            records.sudo()
            .exists()
            .read(
                [
                    name
                    for name, field in records._fields.items()
                    if field.store and field.column_type
                ],
                load=None,
            )
        )

    def _is_kept(self, model):
        records = self.env[model]
        return model.startswith("waas.") and not (
            records._abstract or records._transient
        )

    def _get_worked_out(self, records):
        """Of what is there for this person: records of other models are not."""
        return [
            name
            for name in records.fields_get(attributes=["type"])
            if records._fields[name].compute and not records._fields[name].relational
        ]

    def _get_wizards(self):
        return {model for model in READERS if self.env[model]._transient}

    def _assert_hidden(self, user, hidden):
        model = hidden._name
        try:
            seen = self._call(user, model, "search", [])
        except AccessError:
            seen = []
        self.assertFalse(set(seen) & set(hidden.ids))
        for record in hidden[:1]:
            self._assert_no_access(user, model, "read", record.ids, ["display_name"])
            self._assert_no_access(
                user, model, "web_read", record.ids, {"display_name": {}}
            )
            self._assert_no_access(
                user, model, "export_data", record.ids, ["id"], exception=UserError
            )

    def _assert_kept(self, user, record):
        before = self._snapshot(record)
        calls = [("write", {name: record[name]}) for name in self._get_writable(record)]
        for method, *args in [*calls, ("unlink",)]:
            # Some refuse everybody, with their own words.
            self._assert_no_access(
                user, record._name, method, record.ids, *args, exception=UserError
            )
        self.assertEqual(self._snapshot(record), before)

    def _get_writable(self, record):
        return [
            name
            for name, field in record._fields.items()
            if field.store and field.type in ("char", "text", "date", "selection")
        ][:3]

    def _get_actions(self, model):
        """The methods that anybody may try to call, of our own making."""
        return sorted(
            name
            for cls in type(self.env[model]).__mro__
            if cls.__module__.startswith("odoo.addons.also_waas")
            for name, value in vars(cls).items()
            if callable(value)
            and not name.startswith("_")
            and name.startswith(PREFIXES)
            and not getattr(value, "_api_private", False)
        )

    def _assert_harmless(self, user, records, method):
        before = [self._snapshot(self._find(model)) for model in self.WATCHED]
        try:
            with self.env.cr.savepoint():
                answer = self._call(user, records._name, method, records.ids)
        except UserError as error:
            self.assertGreater(len(str(error).split()), 3)
        else:
            self.assertEqual(answer["type"], "ir.actions.act_window")
        after = [self._snapshot(self._find(model)) for model in self.WATCHED]
        self.assertEqual(after, before)

    def test_whoever_reads_a_record_reads_what_is_worked_out(self):
        """Though it is worked out of what its reader may not read, and though nobody
        has read that before."""
        people = self.wrong_people | {
            "accountant": self.accountant,
            "warehouse": self.warehouse,
        }
        read = set()
        for model in filter(self._is_kept, self.env.registry):
            for name, user in people.items():
                records = self.env[model].with_user(user)
                if not records.has_access("read"):
                    continue
                records = records.search([])
                self.env.invalidate_all()
                with self.subTest(model=model, person=name):
                    records.read(self._get_worked_out(records))
                read |= {(model, name)} if records else set()
        self.assertIn(("waas.commission", "reseller"), read)
        self.assertIn(("waas.return", "warehouse"), read)

    def test_there_is_something_to_hide(self):
        """Or the others would prove nothing."""
        made_by_flow = set(READERS) - {
            # These come about in tests of their own chapters.
            "waas.license.step",
            "waas.license.check",
            "waas.marketplace.message",
            "waas.sellout.sending",
            "waas.sellout.report",
            "waas.sellout.line",
            "waas.sellout.unnotified",
            "commission.settlement",
            "commission.settlement.line",
            *self._get_wizards(),
        }
        empty = {model for model in made_by_flow if not self._find(model)}
        self.assertFalse(empty)

    def test_every_model_of_these_chapters_is_known_here(self):
        """A new one must be thought about: add it above, or to the other test."""
        known = {
            # test_access_rights.py
            "waas.term",
            "waas.manufacturer",
            "waas.bundle.slot",
            "waas.hardware.request",
            "waas.reseller.service",
            "waas.credit.check",
            "waas.agreement.template",
            "waas.agreement",
            "waas.signing.link",
            "waas.installment",
            "waas.invoice.run",
            "waas.bundle.configure",
            "waas.bundle.configure.slot",
            "waas.bundle.configure.option",
            "waas.return.receive.line",
            "waas.retention",
        }
        ours = {
            name
            for name, model in self.registry.items()
            if name.startswith("waas.")
            and not model._abstract
            and model._module in ("also_waas", None)
        }
        self.assertFalse(ours - known - set(READERS))

    def test_the_wrong_person_reads_nothing(self):
        for model, name, user, readers in self._each():
            if name not in readers:
                with self.subTest(model=model, user=name):
                    self._assert_hidden(user, self._find(model))

    def test_readers_read(self):
        """Who may read, does: a rule that hides all from all is none."""
        for model, name, user, readers in self._each():
            if name not in readers or not (there := self._find(model)):
                continue
            with self.subTest(model=model, user=name):
                seen = self._call(user, model, "search", [])
                self.assertTrue(set(seen) & set(there.ids))
                self._call(user, model, "read", list(seen), ["display_name"])

    def test_the_wrong_person_writes_and_deletes_nothing(self):
        for model, name, user, _readers in self._each():
            if name == "elsewhere" and model in (
                "waas.processor.certificate",
                "waas.erasure.standard",
            ):
                continue  # shared by all companies, and kept by every WaaS manager
            for record in self._find(model)[:1]:
                with self.subTest(model=model, user=name):
                    self._assert_kept(user, record)

    def test_the_wrong_person_makes_nothing(self):
        for model, name, user, _readers in self._each():
            if model in OWN_WIZARDS.get(name, ()) or name == "elsewhere":
                continue  # who may make their own, somewhere else
            with self.subTest(model=model, user=name):
                self._assert_no_access(user, model, "create", [{}])

    @mute_logger("odoo.sql_db")
    def test_nobody_makes_anything_in_another_company(self):
        """Not even who may do the like in their own."""
        user = self.wrong_people["elsewhere"]
        for model, values in {
            "waas.change": {"contract_id": self.contract.id, "kind": "upgrade"},
            "waas.return": {
                "company_id": self.also.id,
                "partner_id": self.customer.id,
            },
            "waas.return.line": {
                "return_id": self.record.id,
                "device_id": self.devices[1].id,
            },
            "waas.sellout.report": {
                "manufacturer_id": self.manufacturer.id,
                "company_id": self.also.id,
            },
        }.items():
            count = len(self._find(model).filtered(lambda r: r.company_id == self.also))
            with self.subTest(model=model):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    self._call(user, model, "create", [values])
                    self.env.flush_all()
                found = self._find(model).filtered(lambda r: r.company_id == self.also)
                self.assertEqual(len(found), count)

    def test_the_wrong_person_presses_no_button(self):
        """It is refused, or it is a window on what that person may see, and nothing is
        any different."""
        for model, name, user, _readers in self._each():
            records = self._find(model)[:1]
            for method in self._get_actions(model) if records else ():
                with self.subTest(model=model, user=name, method=method):
                    self._assert_harmless(user, records, method)

    def test_the_wrong_person_prints_nothing(self):
        """The address of a report is open to everybody who can type it."""
        reports = self.env["ir.actions.report"]
        for report, records in (
            ("also_waas.action_report_return", self.record),
            ("also_waas.action_report_pickup", self.record),
            ("also_waas.action_report_certificate", self.record.certificate_ids),
            ("also_waas.action_report_device_label", self.devices),
        ):
            for name, user in self.wrong_people.items():
                with self.subTest(report=report, user=name):
                    self.env.invalidate_all()  # what others read is not theirs
                    with self.assertRaises(Exception) as refusal:
                        reports.with_user(user)._render_qweb_html(report, records.ids)
                    error = refusal.exception
                    if isinstance(error, QWebError):
                        error = error.__cause__
                    self.assertIsInstance(error, AccessError)

    def test_r15_whose_it_is_not_gets_no_secret_of_a_certificate(self):
        certificate = self.record.certificate_ids
        for name, user in self.wrong_people.items():
            with self.subTest(user=name):
                self._assert_no_access(
                    user, certificate._name, "read", certificate.ids, ["token"]
                )

    def test_r15_a_signed_paper_of_others_is_not_downloaded(self):
        """Files of records are as hidden as the records."""
        erasure = self.devices[0].waas_erasure_ids.sudo()
        self.assertEqual(erasure.document, SIGNATURE)
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", erasure._name), ("res_field", "!=", False)])
        )
        self.assertTrue(attachment)
        for name, user in self.wrong_people.items():
            with self.subTest(user=name):
                self._assert_no_access(
                    user, "ir.attachment", "read", attachment.ids, ["datas"]
                )
