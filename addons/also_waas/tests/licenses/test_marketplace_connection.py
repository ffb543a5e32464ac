from dataclasses import fields

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.also_simpleapi_server.server.marketplace import MARKETPLACE, RESELLER

from ...models.licenses.waas_marketplace_assumption import ASSUMPTIONS
from ...simpleapi.outcomes import MarketplaceMisconfigured
from ...simpleapi.profile import SimpleApiProfile
from .common_connection import ConnectionCommon


@tagged("post_install", "-at_install")
class TestMarketplaceConnection(ConnectionCommon):
    """R9: an administrator enters the user, a manager tests it; all workers share one
    session, and a wrong password is not tried again and again."""

    def _call(self):
        with self.marketplace._connect() as client:
            return client.call("PingPong")

    def test_a_manager_sees_as_whom_we_are_known(self):
        shown = self._press("action_test")["params"]
        self.assertEqual(shown["type"], "success")
        self.assertIn(str(RESELLER), shown["message"])
        self.assertEqual(self.marketplace.reseller_account, str(RESELLER))
        self.assertEqual(self.marketplace.market_account, str(MARKETPLACE))

    def test_a_number_that_somebody_chose_stays(self):
        self.marketplace.market_account = "7"
        self._press("action_test")
        self.assertEqual(self.marketplace.market_account, "7")
        with self.assertRaisesRegex(ValidationError, "digits only"):
            self.marketplace.market_account = "seven"

    def test_all_clients_share_one_session(self):
        before = self._count_logins()
        for _client in range(3):
            self._call()
        self.assertEqual(self._count_logins() - before, 1)

    def test_an_expired_session_is_renewed_once(self):
        self._call()
        self.server.marketplace.sessions.clear()
        before = self._count_logins()
        for _client in range(2):
            self._call()
        self.assertEqual(self._count_logins() - before, 1)

    def test_a_wrong_password_is_tried_twice_and_no_more(self):
        self.marketplace.password = "wrong"
        calls = len(self.server.calls)
        for _call in range(5):
            self._catch(MarketplaceMisconfigured, self._call)
        self.assertEqual(len(self.server.calls) - calls, 2)
        self.assertEqual(self._press("action_test")["params"]["type"], "danger")
        # Whoever enters the right one is let in at once.
        self.marketplace.password = self.api_password
        self._call()

    def test_without_a_user_the_sentence_says_who_enters_it(self):
        self.marketplace.password = False
        with self.assertRaisesRegex(MarketplaceMisconfigured, "an administrator"):
            self._call()

    def test_assumptions_are_checked_and_used(self):
        Assumptions = self.env["waas.marketplace.assumption"].sudo()
        values = {"marketplace_id": self.marketplace.id, "name": "pause_429"}
        for wrong in ("often", "-1", "", "inf", "nan"):
            with self.subTest(value=wrong), self.assertRaises(ValidationError):
                Assumptions.create({**values, "value": wrong}).flush_recordset()
        words = {**values, "name": "seat_fields", "value": "Licences, Quantity"}
        Assumptions.create([{**values, "value": "2.5"}, words])
        profile = self.marketplace.assumption_ids._get_profile()
        self.assertEqual(profile.pause_429, 2.5)
        self.assertEqual(profile.seat_fields, ("Licences", "Quantity"))

    def test_every_assumption_can_be_changed(self):
        names = {field.name for field in fields(SimpleApiProfile)}
        self.assertEqual({name for name, _label in ASSUMPTIONS}, names)

    # === SECRETS ===#

    def test_nobody_but_an_administrator_reads_the_user(self):
        for name in ("username", "password"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.marketplace.with_user(self.manager).sudo(False).read([name])
        with self.assertRaises(AccessError):
            self.marketplace.with_user(self.manager).sudo(False).write(
                {"password": "mine"}
            )
        self.assertFalse(self.env["waas.marketplace"]._fields["password"].exportable)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_reads_the_session(self):
        self._call()
        for user in (self.manager, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["waas.marketplace.session"].with_user(user).search_read([])

    def test_no_secret_is_written_down(self):
        self.marketplace.password = "wrong"
        self._press("action_test")
        self.marketplace.password = self.api_password
        self._press("action_test")
        self._press("action_probe")
        session = self.env["waas.marketplace.session"].sudo().search([], limit=1)
        written = " ".join(
            str(value)
            for values in self.marketplace.read()
            for name, value in values.items()
            if name not in ("username", "password")
        ) + " ".join(self.marketplace.message_ids.mapped("body"))
        for secret in (self.api_password, session.token):
            self.assertTrue(secret)
            self.assertNotIn(secret, written)

    # === PROBE ===#

    def test_the_probe_tells_names_and_types(self):
        self._press("action_test")
        self._press("action_probe")
        report = self.marketplace.probe_report
        self.assertIn('"GetFieldsForService"', report)
        self.assertIn('"ProductName": "text"', report)
        self.assertNotIn("NCEDemo", report)

    def test_others_do_not_probe(self):
        for user in (self.seller, self.officer, self.accountant):
            for action in ("action_probe", "action_test", "action_read_catalogue"):
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(UserError),  # AccessError is one
                ):
                    self._press(action, user)
