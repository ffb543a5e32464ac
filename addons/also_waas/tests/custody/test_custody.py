from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import RaiseException, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from ...models.custody import stock_lot
from ..common.cases_returns import WaasReturnCommon


@tagged("post_install", "-at_install")
class TestCustody(WaasReturnCommon):
    """R15: the life of each device as a list that nobody can rewrite."""

    def _get_events(self, device):
        return device.waas_custody_ids.sorted("sequence").mapped("event")

    def _tamper(self, query, *args):
        """What somebody with the database's password might do."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE waas_custody_entry DISABLE TRIGGER USER")
        self.env.cr.execute(SQL(query, *args))
        self.env.cr.execute("ALTER TABLE waas_custody_entry ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def test_r15_the_chain_tells_the_life_of_a_device(self):
        device = self.devices[0]
        self.assertEqual(self._get_events(device), ["delivered"])
        entry = device.waas_custody_ids
        self.assertEqual(entry.party, self.customer.display_name)
        self.assertEqual(entry.serial, device.name)
        self.assertEqual(entry.reference, self.delivery.name)
        self.assertEqual(entry.author, self.warehouse.name)
        record = self._create_return(device)
        self._receive(record, device)
        self._certify(device)
        self._grade(device)
        self.assertEqual(
            self._get_events(device),
            ["delivered", "announced", "back", "erased", "graded", "refurbished"],
        )

    def test_r15_a_receipt_begins_the_chain(self):
        device = self._receive_from_supplier(self.laptop, "NEW-1")
        self.assertEqual(self._get_events(device), ["received"])
        self.assertFalse(self._receive_from_supplier(self.mouse_pad, "PAD-1"))

    def test_r15_nobody_changes_an_entry_through_the_orm(self):
        entry = self.devices[0].waas_custody_ids
        administrator = self.env.ref("base.user_admin")
        for entries in entry.with_user(administrator), entry.sudo():
            with self._assert_refuses("cannot be changed or removed"):
                entries.write({"note": "It was never there"})
            with self._assert_refuses("cannot be changed or removed"):
                entries.unlink()
        with self.assertRaises(AccessError):
            self.env["waas.custody.entry"].with_user(self.manager).create(
                {"lot_id": self.devices[0].id, "sequence": 9, "event": "sold"}
            )

    def test_r15_nobody_cuts_the_chain_off_at_the_device(self):
        with self._assert_refuses("are created automatically", AccessError):
            self.devices[0].with_user(self.manager).waas_custody_length = 0

    @mute_logger("odoo.sql_db")
    def test_r15_the_database_refuses_to_change_an_entry(self):
        for query in (
            "UPDATE waas_custody_entry SET note = 'x'",
            "DELETE FROM waas_custody_entry",
            "TRUNCATE waas_custody_entry",
        ):
            with self.assertRaises(RaiseException), self.env.cr.savepoint():
                self.env.cr.execute(query)

    def test_r15_tampering_is_found(self):
        device = self.devices[0]
        self._create_return(device)
        self.assertFalse(device._waas_get_custody_problems())
        first, last = device.waas_custody_ids.sorted("sequence")
        for query, args, problem in (
            (
                "UPDATE waas_custody_entry SET party = 'Somebody else' WHERE id = %s",
                [first.id],
                "Entry 1 was changed",
            ),
            (
                "UPDATE waas_custody_entry SET previous_hash = 'x' WHERE id = %s",
                [last.id],
                "Entry 2 does not follow",
            ),
            (
                "DELETE FROM waas_custody_entry WHERE id = %s",
                [first.id],
                "Entry 1 is missing",
            ),
            (
                "DELETE FROM waas_custody_entry WHERE id = %s",
                [last.id],
                "records 2 entries",
            ),
        ):
            with self.subTest(problem=problem), self._undone():
                self._tamper(query, *args)
                with self._assert_refuses(problem):
                    device.with_user(self.warehouse).action_waas_verify_custody()

    def test_r15_a_chain_made_anew_does_not_end_like_the_device_knows(self):
        device = self.devices[0]
        entry = device.waas_custody_ids
        values = {name: entry[name] for name in entry._fields if name in SEALED}
        values["party"] = "Somebody else"
        self._tamper(
            "UPDATE waas_custody_entry SET party = %s, entry_hash = %s WHERE id = %s",
            values["party"],
            entry._get_fingerprint(values),
            entry.id,
        )
        with self._assert_refuses("the last ones differ"):
            device.action_waas_verify_custody()

    def test_r15_the_daily_check_leaves_a_to_do(self):
        sound, broken = self.devices[:2]
        self._tamper(
            "UPDATE waas_custody_entry SET event = 'sold' WHERE lot_id = %s", broken.id
        )
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            self.env["stock.lot"].sudo()._cron_waas_verify_custody()
            self.devices.sudo().waas_custody_checked_on = False
            self.env["stock.lot"].sudo()._cron_waas_verify_custody()
        self.assertFalse(sound.activity_ids)
        self.assertEqual(
            broken.activity_ids.mapped("summary"), ["Chain of custody broken"]
        )
        self.assertTrue(sound.waas_custody_checked_on)

    def test_the_daily_check_looks_for_its_devices_once(self):
        self.assertGreater(len(self.devices), 2)
        lots = type(self.env["stock.lot"])
        found = patch.object(lots, "search", autospec=True, side_effect=lots.search)
        with (
            patch.object(self.env.cr, "commit", self.env.flush_all),
            patch.object(stock_lot, "LOTS_PER_CHECK", 1),
            found as find,
        ):
            self.env["stock.lot"].sudo()._cron_waas_verify_custody()
        self.assertEqual(find.call_count, 1)
        self.assertTrue(all(self.devices.mapped("waas_custody_checked_on")))

    def test_ordinary_goods_have_no_chain(self):
        lot = self.env["stock.lot"].create(
            {"product_id": self.mouse_pad.id, "company_id": self.also.id, "name": "P1"}
        )
        lot._waas_log("received")
        self.assertFalse(lot.waas_custody_ids)


SEALED = frozenset(
    (
        "sequence",
        "date",
        "event",
        "serial",
        "party",
        "location",
        "reference",
        "res_model",
        "res_id",
        "note",
        "author",
        "previous_hash",
    )
)


@tagged("post_install", "-at_install")
class TestCustodyAtOnce(TransactionCase):
    """R15: two entries for one device, in two database transactions at once. The chain
    does not fork: Odoo repeats the request that meets a SerializationFailure."""

    def setUp(self):
        super().setUp()
        with self._in_transaction() as env:
            product = env["product.product"].create(
                {
                    "name": "At Once",
                    "waas_role": "device",
                    "type": "consu",
                    "is_storable": True,
                    "tracking": "serial",
                }
            )
            self.lot_id = (
                env["stock.lot"].create({"name": "ONCE-1", "product_id": product.id}).id
            )
        self.addCleanup(self._clean_up)

    @contextmanager
    def _in_transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _clean_up(self):
        """Entries are never removed: this takes their guard away, as an owner of the
        database could."""
        with self._in_transaction() as env:
            device = env["stock.lot"].browse(self.lot_id)
            product = device.product_id
            env.cr.execute("ALTER TABLE waas_custody_entry DISABLE TRIGGER USER")
            env.cr.execute(
                "DELETE FROM waas_custody_entry WHERE lot_id = %s", [self.lot_id]
            )
            env.cr.execute("ALTER TABLE waas_custody_entry ENABLE TRIGGER USER")
            env.invalidate_all()
            device.unlink()
            product.product_tmpl_id.unlink()

    @mute_logger("odoo.sql_db")
    def test_r15_two_entries_at_once_do_not_fork_the_chain(self):
        with self.registry.cursor() as late:
            late_env = api.Environment(late, SUPERUSER_ID, {})
            late_device = late_env["stock.lot"].browse(self.lot_id)
            self.assertEqual(late_device.waas_custody_length, 0)
            with self._in_transaction() as env:
                env["stock.lot"].browse(self.lot_id)._waas_log("received")
            with self.assertRaises(SerializationFailure):
                late_device._waas_log("delivered")
                late_env.flush_all()
            late.rollback()
            late_env.invalidate_all()
            late_device._waas_log("delivered")  # started over
            late.commit()
            self.assertEqual(
                late_device.waas_custody_ids.sorted("sequence").mapped("event"),
                ["received", "delivered"],
            )
            self.assertFalse(late_device._waas_get_custody_problems())


@tagged("post_install", "-at_install")
class TestCustodyTakenOver(WaasReturnCommon):
    """R15: devices of an earlier version have a chain from the upgrade on."""

    def _forget(self, devices):
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE waas_custody_entry DISABLE TRIGGER USER")
        self.env.cr.execute(
            SQL("DELETE FROM waas_custody_entry WHERE lot_id IN %s", tuple(devices.ids))
        )
        self.env.cr.execute("ALTER TABLE waas_custody_entry ENABLE TRIGGER USER")
        self.env.cr.execute(
            SQL(
                """UPDATE stock_lot SET waas_custody_length = NULL,
                   waas_custody_head = NULL WHERE id IN %s""",
                tuple(devices.ids),
            )
        )
        self.env.invalidate_all()

    def test_r15_a_delivered_device(self):
        device = self.devices[0]
        self._forget(device)
        device._waas_take_over()
        entry = device.waas_custody_ids
        self.assertEqual(entry.event, "delivered")
        self.assertEqual(entry.party, self.customer.display_name)
        self.assertEqual(entry.reference, self.delivery.name)
        self.assertFalse(device._waas_get_custody_problems())

    def test_r15_a_device_in_stock(self):
        device = self._receive_from_supplier(self.laptop, "NEW-2")
        self._forget(device)
        device._waas_take_over()
        self.assertEqual(device.waas_custody_ids.event, "received")

    def test_r15_a_chain_begins_once(self):
        device = self.devices[0]
        entries = device.waas_custody_ids
        device._waas_take_over()
        self.assertEqual(device.waas_custody_ids, entries)
