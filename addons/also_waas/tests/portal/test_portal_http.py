from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.cases import WaasHttpCommon
from ..common.cases_business import WaasDealsCommon
from ..common.cases_steps import SIGNATURE

DRAWING = SIGNATURE.decode()


@tagged("post_install", "-at_install")
class TestPortalHttp(WaasDealsCommon, WaasHttpCommon):
    """The doors that are open to the world: the customer portal, remote calls and
    downloads."""

    def _accept(self, order, token=None):
        return self._post_json(
            f"/my/orders/{order.id}/accept",
            access_token=token,
            name="Somebody",
            signature=DRAWING,
        )["result"]

    def _decline(self, order, token=""):
        page = self.url_open(f"/my/orders/{order.id}?access_token={token}")
        csrf = page.text.partition('csrf_token: "')[2].partition('"')[0]
        self.url_open(
            f"/my/orders/{order.id}/decline?access_token={token}",
            data={"csrf_token": csrf, "decline_message": "Too dear"},
        )
        order.invalidate_recordset()

    def _offer(self):
        """A quotation whose acceptance the company wants signed."""
        self.also.waas_auto_confirm = False
        self.quotation.require_signature = True
        return self.quotation

    def _read_all(self, model):
        return {
            values["id"]
            for values in self._call(model, "search_read", [], ["display_name"])[
                "result"
            ]
        }

    # === ACCEPTING A QUOTATION IN THE PORTAL ===#

    def test_r1_accepting_keeps_the_signature_and_does_not_confirm(self):
        order = self._offer()
        self._log_in(self.customer_user)
        answer = self._accept(order)
        self.assertTrue(answer.get("force_refresh"), answer)
        order.invalidate_recordset()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.signed_by, "Somebody")
        self.assertTrue(order.signature)

    def test_r1_accepting_confirms_a_deal_that_lacks_nothing_else(self):
        order = self._offer()
        self._confirm(order)
        self.assertEqual(order.state, "sent")
        self._log_in(self.customer_user)
        answer = self._accept(order)
        self.assertTrue(answer.get("force_refresh"), answer)
        order.invalidate_recordset()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.waas_contract_ids.waas_state, "awaiting")

    def test_r1_a_reseller_cannot_accept_for_the_end_customer(self):
        order = self._offer()
        self._log_in(self.reseller_user)
        # It may read the order, and so the token that opens the order's page.
        [values] = self._call("sale.order", "read", order.ids, ["access_token"])[
            "result"
        ]
        order.sudo()._portal_ensure_token()
        for token in (None, values["access_token"], order.sudo().access_token):
            self.assertIn("Only the end customer", self._accept(order, token)["error"])
        self.authenticate(None, None)
        answer = self._accept(order, order.sudo().access_token)
        self.assertIn("Only the end customer", answer["error"])
        order.invalidate_recordset()
        self.assertFalse(order.signature)

    def test_r1_a_reseller_cannot_decline_for_the_end_customer(self):
        order = self._offer()
        self._log_in(self.reseller_user)
        self._decline(order, order.sudo()._portal_ensure_token())
        self.assertEqual(order.state, "draft")

    def test_the_end_customers_people_accept_and_decline(self):
        order = self._offer()
        self._log_in(self.colleague_user)
        self._decline(order)
        self.assertEqual(order.state, "cancel")
        other = self._create_order(quantity=1)
        other.require_signature = True
        self.assertTrue(self._accept(other).get("force_refresh"))

    def test_r1_strangers_accept_nothing(self):
        order = self._offer()
        for user in self.stranger_user, self.other_reseller_user, None:
            self._log_in(user) if user else self.authenticate(None, None)
            self.assertEqual(self._accept(order)["error"], "Invalid order.")
            self.assertEqual(self._accept(order, "x")["error"], "Invalid order.")

    def test_ordinary_quotations_are_accepted_as_ever(self):
        order = self.purchase.copy({"require_signature": True})
        token = order.sudo()._portal_ensure_token()
        self.authenticate(None, None)
        self.assertTrue(self._accept(order, token).get("force_refresh"))
        order.invalidate_recordset()
        self.assertEqual(order.state, "sale")

    # === REMOTE CALLS ===#

    @mute_logger("odoo.http")
    def test_r1_remote_calls_confirm_nothing(self):
        order = self.quotation
        self._log_in(self.seller)
        answer = self._call("sale.order", "action_confirm", order.ids)
        self._assert_http_refuses(answer, "UserError")
        self.assertIn("cannot be confirmed yet", answer["error"]["data"]["message"])
        for forged in ({}, {"waas_confirming": True}, {"waas_confirming": {}}):
            answer = self._call(
                "sale.order", "write", order.ids, {"state": "sale"}, context=forged
            )
            self._assert_http_refuses(answer, "ValidationError")
        answer = self._call(
            "sale.order", "web_save", order.ids, {"state": "sale"}, specification={}
        )
        self._assert_http_refuses(answer, "ValidationError")
        for method in ("_action_confirm", "_validate_order", "_waas_proceed_if_ready"):
            self._assert_http_refuses(
                self._call("sale.order", method, order.ids), "AccessError"
            )
        order.invalidate_recordset()
        self.assertEqual(order.state, "draft")

    @mute_logger("odoo.http")
    def test_r1_the_documented_interface_confirms_nothing(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.seller)
            .sudo()
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        )
        self.authenticate(None, None)
        for method, values in (
            ("action_confirm", {}),
            ("write", {"vals": {"state": "sale"}}),
        ):
            response = self.url_open(
                f"/json/2/sale.order/{method}",
                json={"ids": self.quotation.ids, **values},
                headers={"Authorization": f"bearer {key}"},
            )
            self.assertEqual(response.status_code, 422, response.text)
            self.assertIn("cannot be confirmed yet", response.json()["message"])
        self.quotation.invalidate_recordset()
        self.assertEqual(self.quotation.state, "draft")

    @mute_logger("odoo.http")
    def test_r1_remote_calls_forge_neither_decision_nor_signature(self):
        self.quotation.action_waas_request_credit()
        self.quotation.action_waas_send_agreements()
        check = self.quotation.waas_credit_check_ids
        agreement = self.quotation.waas_agreement_ids[0]
        users = (
            self.seller,
            self.manager,
            self.officer,
            self.accountant,
            self.customer_user,
            self.reseller_user,
        )
        for user in users:
            self._log_in(user)
            for model, record, values in (
                ("waas.credit.check", check, {"state": "approved"}),
                ("waas.agreement", agreement, {"state": "signed"}),
            ):
                for method, args in (
                    ("write", (record.ids, values)),
                    ("create", ([values],)),
                    ("unlink", (record.ids,)),
                    ("copy", (record.ids,)),
                ):
                    self._assert_http_refuses(self._call(model, method, *args))
            for model, method, record in (
                ("waas.credit.check", "_approve", check),
                ("waas.credit.check", "_request", check),
                ("waas.agreement", "_countersign", agreement),
                ("waas.agreement", "_sign_for_customer", agreement),
                ("waas.signing.link", "_send", agreement),
                ("waas.signing.link", "_find", agreement),
            ):
                self._assert_http_refuses(self._call(model, method, record.ids, 1))
        check.invalidate_recordset()
        self.assertEqual(check.state, "requested")

    @mute_logger("odoo.http")
    def test_outsiders_calling_learn_nothing_of_credit(self):
        for user in self.customer_user, self.reseller_user:
            self._log_in(user)
            for method in (
                "action_confirm",
                "action_waas_request_credit",
                "action_waas_send_agreements",
            ):
                answer = self._call("sale.order", method, self.quotation.ids)
                self._assert_http_refuses(answer)
                self.assertNotIn("credit", answer["error"]["data"]["message"].lower())

    # === READING FROM OUTSIDE ===#

    def test_outsiders_read_their_deals_over_http_and_no_others(self):
        expected = {
            self.customer_user: (self.order | self.quotation, self.contract),
            self.reseller_user: (
                self.order | self.quotation | self.purchase,
                self.contract,
            ),
            self.other_reseller_user: (self.other_order, self.other_contract),
            self.stranger_user: (self.env["sale.order"], self.cleaning),
        }
        for user, (orders, contracts) in expected.items():
            self._log_in(user)
            self.assertEqual(self._read_all("sale.order"), {*orders.ids})
            self.assertEqual(
                self._read_all("sale.order.line"), {*orders.order_line.ids}
            )
            self.assertEqual(self._read_all("contract.contract"), {*contracts.ids})
            self.assertEqual(
                self._read_all("contract.line"), {*contracts.contract_line_ids.ids}
            )

    @mute_logger("odoo.http")
    def test_outsiders_read_nothing_else_of_waas_over_http(self):
        for user in self.customer_user, self.reseller_user, self.stranger_user:
            self._log_in(user)
            for model in (
                "waas.credit.check",
                "waas.agreement",
                "waas.agreement.template",
                "waas.signing.link",
                "waas.installment",
                "product.pricelist.item",
            ):
                self._assert_http_refuses(self._call(model, "search_read", [], ["id"]))
            modifications = self._call(
                "contract.modification", "search_read", [], ["contract_id"]
            )["result"]
            foreign = {
                self.other_contract.id,
                *({self.contract.id} if user == self.stranger_user else ()),
            }
            self.assertFalse(foreign & {m["contract_id"][0] for m in modifications})

    @mute_logger("odoo.http")
    def test_r8_no_commission_over_http(self):
        self._log_in(self.customer_user)
        for model, name in (
            ("sale.order", "waas_commission_amount"),
            ("sale.order.line", "waas_commission_amount"),
            ("sale.order.line", "waas_commission_unit"),
        ):
            for args in (([], [name]), ([(name, ">", 0)], ["id"])):
                self._assert_http_refuses(self._call(model, "search_read", *args))
            self._assert_http_refuses(
                self._call(model, "formatted_read_group", [], [], [f"{name}:sum"])
            )

    def test_without_a_login_there_are_no_remote_calls(self):
        self.authenticate(None, None)
        answer = self._call("sale.order", "search_read", [], ["name"])
        self._assert_http_refuses(answer, "SessionExpiredException")
