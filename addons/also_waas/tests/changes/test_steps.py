"""Every button of changes and returns, in every state and twice in a row: it works, or
it says why not and what to do, and then nothing is any different."""

from contextlib import nullcontext
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..common.offered import OfferedMixin
from ..returns.test_returns import ReturnCommon
from .test_upgrade import START, TODAY, ChangeCommon

MIN_WORDS = 4


class StepsMixin(OfferedMixin):
    """Tries everything that a person could press."""

    def _get_actions(self, records):
        """The public steps of a model: a new one is tried by itself."""
        return [
            *sorted(
                name
                for name in dir(type(records))
                if name.startswith("action_")
                and type(records)._fields.get(name) is None
                and self._is_ours(records, name)
            ),
            "unlink",
        ]

    def _dump(self, *recordsets):
        """Everything that is stored of these records, and nothing of when: as the
        database has it, whatever a field makes of it.

        :return: dict of values by model, id and column or many2many field
        """
        self.env.flush_all()
        dump = {}
        for records in recordsets:
            records = records.sudo()
            for row in self._read_rows(records):
                record = records.browse(row["id"])
                for name in ("write_date", "write_uid", *self._get_previewed(record)):
                    row.pop(name, None)
                dump.update(
                    ((records._name, row["id"], name), value)
                    for name, value in row.items()
                )
        return dump

    def _read_rows(self, records):
        """What the tables hold of these records: a dict for each that is there."""
        self.env.cr.execute(
            SQL(
                "SELECT * FROM %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                records.ids,
            )
        )
        rows = {row["id"]: row for row in self.env.cr.dictfetchall()}
        for name, field in records._fields.items():
            if field.type != "many2many" or not field.store:
                continue
            for row in rows.values():
                row[name] = set()
            self.env.cr.execute(
                SQL(
                    "SELECT %s, %s FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(field.column1),
                    SQL.identifier(field.column2),
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    list(rows),
                )
            )
            for record_id, other_id in self.env.cr.fetchall():
                rows[record_id][name].add(other_id)
        return rows.values()

    def _get_previewed(self, record):
        """Fields that a draft works out anew whenever it is looked at."""
        return ()

    def _assert_same(self, after, before, why):
        changed = {
            key: (before.get(key), after.get(key))
            for key in after.keys() | before.keys()
            if before.get(key) != after.get(key)
        }
        self.assertFalse(changed, why)

    def _try_everything(self, build, story):
        """Every step, twice in a row, each from the same state.

        :param build: makes the records that are in some state
        :param story: what of the database belongs to them: recordsets
        """
        before = self._dump(*story())
        for records in filter(None, build()):
            for method in self._get_actions(records):
                with self.subTest(model=records._name, method=method):
                    self._try_twice(records, method, story, before)

    def _try_twice(self, records, method, story, before):
        with self._undone():
            # What was refused, and changed nothing, is refused again.
            if self._try(records, method, story, before) and records.exists():
                with self.subTest(again=True):
                    self._try(records, method, story, self._dump(*story()))

    def _try(self, records, method, story, before):
        """No savepoint here: what is refused is refused before anything is written. But
        Odoo deletes the messages of a record before it asks whether it may go.

        :param before: what :meth:`_dump` told of the state from which this starts
        :return: whether it worked
        """
        savepoint = self.env.cr.savepoint() if method == "unlink" else nullcontext()
        try:
            with mute_logger("odoo.sql_db"), savepoint:
                answer = getattr(records, method)()
                self.env.flush_all()
        except UserError as refusal:
            self.assertGreaterEqual(
                len(str(refusal).split()), MIN_WORDS, f"says too little: {refusal}"
            )
            self._assert_same(self._dump(*story()), before, f"half done: {refusal}")
            return False
        self.assertIn(type(answer), (bool, dict))
        self._check()
        return True


@tagged("post_install", "-at_install", "slow")
class TestStepsOfChanges(StepsMixin, ChangeCommon):
    """Upgrade, workplaces, extension and early end: cancelled, refused, expired and
    repeated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        devices = cls._put_in_stock(cls.laptop, 5)
        devices.sudo()._waas_arrive(cls.contract, START)
        cls._put_in_stock(cls.laptop, 3, first=6)
        cls.env["stock.quant"].search([("lot_id", "in", devices.ids)]).sudo().unlink()
        cls._invoice_up_to(cls.contract, date(2026, 4, 15))

    # === KINDS ===#

    def _make_upgrade(self):
        return self._upgrade(self.contract, date(2026, 4, 30))

    def _make_seats(self):
        return self._create_change(
            self.contract, "seats", seat_count=2, effective_date=date(2026, 4, 20)
        )

    def _make_extension(self):
        return self._create_change(self.contract, "extension", months=15)

    def _make_termination(self):
        return self._create_change(
            self.contract, "termination", effective_date=date(2026, 4, 15)
        )

    # === STATES ===#

    def _reach_draft(self, change):
        pass

    def _reach_waiting(self, change):
        change.action_submit()

    def _reach_refused_by_the_customer(self, change):
        change.action_submit()
        change.waas_agreement_ids.sudo()._refuse("Too dear")

    def _reach_refused_by_credit(self, change):
        change.action_submit()
        change.waas_credit_check_ids.with_user(self.officer)._reject("Too much")

    def _reach_signed_by_the_customer(self, change):
        change.action_submit()
        self._customer_signs(change)

    def _reach_agreed(self, change):
        """Delivered, where devices come with it."""
        self._agree(change)

    def _reach_agreed_and_not_applied(self, change):
        self.also.waas_auto_confirm = False
        self._agree(change)

    def _reach_delivered(self, change):
        self._agree(change)
        for picking in change.sudo().picking_ids:
            picking.action_assign()
            picking.move_ids.picked = True
            picking.with_user(self.warehouse).button_validate()

    def _reach_delivered_in_part(self, change):
        self._agree(change)
        for picking in change.sudo().picking_ids:
            picking.action_assign()
            picking.move_ids.quantity = 1
            picking.move_ids.picked = True
            picking.with_user(self.warehouse).with_context(
                skip_backorder=True
            ).button_validate()

    def _reach_cancelled(self, change):
        change.action_submit()
        change.action_cancel()

    def _reach_overtaken(self, change):
        """The contract ended while the draft lay there."""
        self._agree(self._make_termination())

    def _reach_beside_another(self, change):
        self._upgrade(self.contract, date(2026, 4, 30), self.deluxe).action_submit()

    def _get_story(self, change):
        """What belongs to a change, found anew each time."""
        env = self.env
        contract = self.contract.sudo()

        def story():
            agreements = env["waas.agreement"].sudo()
            domain = [("order_id", "=", contract.waas_order_id.id)]
            pickings = (
                env["stock.picking"]
                .sudo()
                .search([("waas_change_id.contract_id", "=", contract.id)])
            )
            return (
                contract.waas_change_ids,
                contract.waas_change_ids.line_ids,
                contract,
                contract.contract_line_ids,
                contract.waas_installment_ids,
                agreements.search(domain),
                env["waas.credit.check"].sudo().search(domain),
                env["waas.signing.link"].sudo().search(domain),
                env["mail.mail"].sudo().search([]),
                env["mail.activity"].sudo().search([]),
                pickings,
                pickings.move_ids,
                env["account.move"].sudo().search([("company_id", "=", self.also.id)]),
                env["waas.commission"].sudo().search([]),
                env["waas.license"].sudo().search([]),
            )

        return story

    def _get_previewed(self, record):
        if record._name == "waas.change" and record.state == "draft":
            return record._get_frozen_fields()
        if record._name == "waas.change.line" and record.change_id.state == "draft":
            return record._get_frozen_fields()
        return super()._get_previewed(record)

    def _check(self):
        self._assert_ledger()
        for change in self.contract.waas_change_ids:
            actors = [blocker.actor for blocker in change._waas_get_blockers()]
            self.assertEqual(change.waas_next_actor or None, next(iter(actors), None))
        open_changes = self.contract.waas_change_ids.filtered(
            lambda change: change.state in ("waiting", "delivering")
        )
        self.assertLessEqual(len(open_changes), 1)

    def _see_the_day(self):
        self.env.invalidate_all()
        self.env["waas.change"].sudo()._cron_waas_refresh_next_actor()

    def _test(self, kind, states, later=None):
        """Each state of a kind of change; ``later`` is a day on which it is tried."""
        for state in states:
            with self._undone():
                change = getattr(self, f"_make_{kind}")()
                getattr(self, f"_reach_{state}")(change)
                # Who may do all of it: rights are for another test.
                change = change.with_env(self.env)
                with self.subTest(kind=kind, state=state), freeze_time(later or TODAY):
                    self._see_the_day()
                    self._assert_offers(change)
                    self._try_everything(
                        lambda change=change: [change], self._get_story(change)
                    )

    EVERY = (
        "draft",
        "waiting",
        "refused_by_the_customer",
        "signed_by_the_customer",
        "agreed",
        "agreed_and_not_applied",
        "cancelled",
        "overtaken",
        "beside_another",
    )

    def test_steps_of_an_upgrade(self):
        self._test("upgrade", [*self.EVERY, "refused_by_credit"])

    def test_steps_of_more_workplaces(self):
        self._test(
            "seats",
            [*self.EVERY, "refused_by_credit", "delivered", "delivered_in_part"],
        )

    def test_steps_of_an_extension(self):
        self._test("extension", [*self.EVERY, "refused_by_credit"])

    def test_steps_of_an_early_end(self):
        self._test("termination", [s for s in self.EVERY if s != "overtaken"])

    def test_steps_of_changes_that_expired(self):
        """Weeks later: the day has passed, and the term of an extension as well."""
        states = ("draft", "waiting", "signed_by_the_customer")
        for kind in ("upgrade", "seats", "termination"):
            self._test(kind, states, "2026-06-20")
        self._test("extension", states, "2027-03-01")


@tagged("post_install", "-at_install", "slow")
class TestStepsOfReturns(StepsMixin, ReturnCommon):
    """From the draft to the last device: called off, missing, claimed and repeated."""

    # === STATES ===#

    def _make_self(self, **values):
        return self._create_return(self.devices, announce=False, **values)

    def _reach_empty(self):
        record = self._make_self()
        record.line_ids.unlink()
        return record

    def _reach_draft(self):
        return self._make_self(accepted_by=False)

    def _reach_accepted(self):
        record = self._make_self()
        record.action_accept_responsibility()
        return record

    def _reach_overdue_draft(self):
        return self._make_self(date_due=fields.Date.today() - timedelta(days=1))

    def _reach_pickup_without_plan(self):
        return self._create_pickup(self.devices, pickup_contact=False)

    def _reach_pickup(self):
        return self._create_pickup(self.devices)

    def _reach_announced(self):
        return self._create_return(self.devices)

    def _reach_overdue(self):
        record = self._create_return(self.devices)
        record.date_due = fields.Date.today() - timedelta(days=1)
        return record

    def _reach_announced_pickup(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        return record

    def _reach_confirmed(self):
        record = self._reach_announced_pickup()
        record.action_confirm_pickup()
        return record

    def _reach_pickup_in_transit(self):
        record = self._reach_confirmed()
        self._hand_over(record)
        return record

    def _reach_in_transit(self):
        record = self._reach_announced()
        record.action_hand_over()
        return record

    def _reach_received_in_part(self):
        record = self._reach_in_transit()
        self._receive(record, self.devices[:1])
        return record

    def _reach_received(self):
        record = self._reach_in_transit()
        self._receive(record, self.devices)
        return record

    def _reach_with_findings(self):
        record = self._reach_received()
        self._receive(record, self._rent_out(1, self.other_customer, first=20))
        return record

    def _reach_with_missing(self):
        record = self._reach_received_in_part()
        record.action_report_missing()
        return record

    def _reach_claimed(self):
        record = self._reach_with_missing()
        record.action_claim()
        return record

    def _reach_erased_in_part(self):
        record = self._reach_received()
        self._certify(self.devices[:1])
        self._certify(self.devices[1:2], result="failed", document=False)
        return record

    def _reach_erased(self):
        record = self._reach_received()
        self._certify(self.devices)
        return record

    def _reach_closed(self):
        record = self._reach_erased()
        self._grade(self.devices)
        return record

    def _reach_cancelled(self):
        record = self._reach_announced()
        record.action_cancel()
        return record

    def _get_story(self, record):
        env = self.env

        def story():
            pickings = record.sudo().exists().picking_ids
            devices = env["stock.lot"].sudo().search([("waas_role", "=", "device")])
            return (
                env["waas.return"].sudo().search([]),
                env["waas.return.line"].sudo().search([]),
                env["waas.return.finding"].sudo().search([]),
                env["waas.erasure"].sudo().search([]),
                env["waas.certificate"].sudo().search([]),
                devices,
                devices.quant_ids,
                pickings,
                pickings.move_ids,
                env["mail.mail"].sudo().search([]),
                env["mail.activity"].sudo().search([]),
                env["account.move"].sudo().search([("company_id", "=", self.also.id)]),
            )

        return story

    def _check(self):
        """Where the devices are is what their returns say."""
        self.assertFalse(self.devices._waas_get_custody_problems())
        for device in self.devices.sudo():
            place = device.quant_ids.filtered(
                lambda quant: quant.quantity > 0
            ).location_id
            self.assertEqual(len(place), 1)
            self.assertEqual(bool(device.waas_contract_id), place.is_waas)
            self.assertEqual(bool(device.waas_arrival_id), place.is_waas_quarantine)
            waiting = device._waas_get_open_return_line()
            if waiting:
                self.assertTrue(place.is_waas)
                self.assertNotIn(waiting.return_id.state, ("closed", "cancelled"))

    def _test(self, *states):
        for state in states:
            with self._undone():
                record = getattr(self, f"_reach_{state}")().with_env(self.env)
                with self.subTest(state=state):
                    self._assert_offers(record)
                    self._try_everything(
                        lambda record=record: self._get_records(record),
                        self._get_story(record),
                    )

    def _get_records(self, record):
        """The return and one of each kind of what hangs on it."""
        yield record
        by_state = record.line_ids.grouped("state").values()
        yield from (lines[:1] for lines in by_state)
        yield from (
            erasures[:1] for erasures in record.erasure_ids.grouped("state").values()
        )
        yield from (record.certificate_ids[:1], record.finding_ids[:1])

    def test_steps_before_anything_is_told(self):
        self._test(
            "empty",
            "draft",
            "accepted",
            "overdue_draft",
            "pickup_without_plan",
            "pickup",
        )

    def test_steps_of_what_is_to_come(self):
        self._test(
            "announced",
            "overdue",
            "announced_pickup",
            "confirmed",
            "pickup_in_transit",
            "in_transit",
        )

    def test_steps_of_what_came(self):
        self._test(
            "received_in_part",
            "received",
            "with_findings",
            "erased_in_part",
            "erased",
        )

    def test_steps_of_what_did_not_come_and_of_what_is_over(self):
        self._test("with_missing", "claimed", "closed", "cancelled")
