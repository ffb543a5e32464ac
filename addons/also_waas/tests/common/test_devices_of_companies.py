from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_access_companies import OneCompanyAndAnotherCommon


@tagged("post_install", "-at_install")
class TestDevicesOfCompanies(OneCompanyAndAnotherCommon):
    """A device belongs to its owner's company."""

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
            with self._assert_refuses(
                "remains its property until it is sold", AccessError
            ):
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
