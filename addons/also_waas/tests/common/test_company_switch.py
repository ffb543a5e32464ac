from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..devices.common_devices import DevicesCommon
from .common_switch import SwitchCommon

PLACES = (
    "waas_location_id",
    "waas_quarantine_location_id",
    "waas_resale_location_id",
    "waas_return_type_id",
)
PRODUCTS = (
    "waas_pickup_product_id",
    "waas_pickup_device_product_id",
    "waas_pickup_site_product_id",
    "waas_claim_product_id",
    "waas_commission_product_id",
)
EVERYTHING = (*PLACES, *PRODUCTS, "waas_commission_journal_id")


@tagged("post_install", "-at_install")
class TestCompanySwitch(SwitchCommon):
    """A company that rents out workplaces is told so; the others have nothing of it."""

    def _find_made(self, company):
        """What a company has of what WaaS needs, found as a person would."""
        records = {
            "stock.location": [("barcode", "=like", "WAAS-%")],
            "stock.picking.type": [("sequence_code", "=", "WRET")],
            "product.product": [("default_code", "=like", "WAAS-%")],
            "account.journal": [("is_self_billing", "=", True)],
        }
        return {
            model: self.env[model]
            .with_context(active_test=False)
            .search([("company_id", "=", company.id), *domain])
            for model, domain in records.items()
        }

    def test_j8_a_company_without_it_has_nothing_of_it(self):
        self.assertFalse(any(self._find_made(self.plain).values()))
        self.assertFalse(any(self.plain[name] for name in EVERYTHING))

    def test_a_company_gets_what_it_needs(self):
        self.plain.waas_enabled = True
        for name in EVERYTHING:
            with self.subTest(name=name):
                self.assertTrue(self.plain[name])
                self.assertEqual(self.plain[name].company_id, self.plain)

    def test_it_is_made_when_a_company_is_created_with_it(self):
        company = self.env["res.company"].create({"name": "New", "waas_enabled": True})
        self.assertTrue(company.waas_location_id)
        self.assertTrue(company.waas_claim_product_id)

    def test_j1_turning_on_again_makes_nothing_twice(self):
        self.plain.waas_enabled = True
        made = self._find_made(self.plain)
        for _time in range(2):
            self.plain.waas_enabled = False
            self.plain.waas_enabled = True
            self.plain._waas_set_up()
        self.assertEqual(self._find_made(self.plain), made)

    def test_j1_what_an_earlier_installation_left_is_found(self):
        self.plain.waas_enabled = True
        made = self._find_made(self.plain)
        had = {name: self.plain[name] for name in EVERYTHING}
        self.plain.waas_enabled = False
        # An uninstallation drops our columns; somebody archived the rest.
        self.plain.write(dict.fromkeys(EVERYTHING, False))
        made["stock.location"].write({"is_waas": False, "is_waas_quarantine": False})
        for records in made.values():
            records.active = False
        self.plain.waas_enabled = True
        self.assertEqual({name: self.plain[name] for name in EVERYTHING}, had)
        self.assertTrue(self.plain.waas_location_id.is_waas)
        self.assertTrue(self.plain.waas_quarantine_location_id.is_waas_quarantine)
        self.assertTrue(all(self.plain[name].active for name in EVERYTHING))

    def test_j1_taken_codes_are_left_to_who_has_them(self):
        taken = self.env["account.journal"].create(
            {
                "name": "Warehouse Commodities",
                "code": "WCOM",
                "type": "general",
                "company_id": self.plain.id,
            }
        )
        self.env["stock.location"].create(
            {
                "name": "A view",
                "usage": "customer",
                "barcode": "WAAS-CUSTOMER",
                "company_id": self.plain.id,
            }
        )
        self.plain.waas_enabled = True
        journal = self.plain.waas_commission_journal_id
        self.assertTrue(journal.is_self_billing)
        self.assertNotEqual(journal.code, taken.code)

    def test_the_journal_has_no_mail_alias(self):
        self.plain.waas_enabled = True
        self.assertFalse(self.plain.waas_commission_journal_id.alias_name)

    def test_fees_are_taxed_as_the_company_taxes(self):
        self.plain.waas_enabled = True
        sale_tax = self.plain.account_sale_tax_id
        self.assertTrue(sale_tax)
        self.assertEqual(self.plain.waas_pickup_product_id.taxes_id, sale_tax)
        self.assertFalse(self.plain.waas_commission_product_id.taxes_id)

    def test_products_are_named_in_every_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.env["ir.module.module"].search(
            [("name", "=", "also_waas")]
        )._update_translations(["nl_NL"])
        self.plain.waas_enabled = True
        product = self.plain.waas_claim_product_id
        self.assertEqual(product.with_context(lang="en_US").name, "Device Not Returned")
        self.assertNotEqual(product.with_context(lang="nl_NL").name, product.name)

    # === TURNING IT OFF ===#

    def test_it_can_be_turned_off_while_nothing_goes_on(self):
        self.also.waas_enabled = False
        self.assertFalse(self.also.waas_enabled)
        with self.assertRaisesRegex(ValidationError, "does not rent out workplaces"):
            self._create_order()

    def test_settings_turn_it_on(self):
        admin = self.env.ref("base.user_admin")
        admin.company_ids += self.plain
        settings = self.env["res.config.settings"].with_user(admin)
        settings.with_company(self.plain).create({"waas_enabled": True}).execute()
        self.assertTrue(self.plain.waas_claim_product_id)

    # === WAREHOUSES ===#

    def _create_without_warehouse(self):
        company = self.env["res.company"].create({"name": "No Warehouse"})
        self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        ).active = False
        return company

    def test_j3_the_operation_type_follows_the_first_warehouse(self):
        company = self._create_without_warehouse()
        company.waas_enabled = True
        self.assertFalse(company.waas_return_type_id)
        warehouse = self.env["stock.warehouse"].create(
            {"name": "First", "code": "FST", "company_id": company.id}
        )
        self.assertEqual(company.waas_return_type_id.warehouse_id, warehouse)
        self.assertEqual(
            company._waas_get_release_location("refurbished"), warehouse.lot_stock_id
        )

    def test_j2_no_receipts_without_a_warehouse(self):
        """Odoo takes receipts without a warehouse for those of any purchase."""
        company = self._create_without_warehouse()
        company.waas_enabled = True
        types = self.env["stock.picking.type"].with_context(active_test=False)
        stray = types.search([("code", "=", "incoming"), ("warehouse_id", "=", False)])
        self.assertFalse(stray)

    def test_j2_ordinary_receipts_come_first(self):
        self.plain.waas_enabled = True
        first = self.env["stock.picking.type"].search(
            [("code", "=", "incoming"), ("company_id", "=", self.plain.id)], limit=1
        )
        self.assertNotEqual(first, self.plain.waas_return_type_id)

    def test_j2_a_return_of_an_ordinary_delivery_meets_nothing_of_ours(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.plain.id)], limit=1
        )
        self.assertFalse(self.plain._waas_get_quarantine())
        self.assertEqual(warehouse._waas_get_return_location(), warehouse.lot_stock_id)
        self.assertFalse(self.plain.waas_quarantine_location_id)


@tagged("post_install", "-at_install")
class TestSwitchedOff(DevicesCommon):
    """What goes on is finished before a company turns it off."""

    def _assert_refused(self, why):
        with self.assertRaisesRegex(UserError, why):
            self.also.waas_enabled = False
        self.assertTrue(self.also.waas_enabled)

    def test_contracts_that_await_their_devices(self):
        self._rent()
        self._assert_refused("- 1 contracts run or await delivery")

    def test_devices_of_contracts_that_ended(self):
        _order, contract, _lots = self._rent_and_deliver(quantity=2)
        self._assert_refused("- 1 contracts run or await delivery")
        contract.sudo()._waas_end()
        self._assert_refused("- 2 devices are at end customers")
