from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import RaiseException

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .cases import SIGNATURE, WaasReturnCommon
from .replayed import replayed


@tagged("post_install", "-at_install")
class TestNothingWaitsInSilence(WaasReturnCommon):
    """E: whatever waits, waits visibly: who, since when, what to do."""

    # === HELPERS ===#

    def _get_todos(self, record, kind):
        todo_type = self.env.ref(f"also_waas.todo_{kind}")
        return record.sudo().activity_ids.filtered(
            lambda todo: todo.activity_type_id == todo_type
        )

    @replayed
    def _new_order(self, quantity, first, **values):
        """A confirmed order whose devices are reserved."""
        self._put_in_stock(self.laptop, quantity, first)
        order = self._confirm(self._create_order(12, quantity=quantity, **values))
        order.picking_ids.action_assign()
        return order

    @replayed
    def _scan(self, picking, number):
        """Only so many of the reserved devices are in the box."""
        lines = picking.move_line_ids
        lines[number:].unlink()
        picking.move_ids.picked = True

    @replayed
    def _validate(self, picking, backorder):
        picking.with_user(self.warehouse).with_context(
            skip_backorder=True,
            picking_ids_not_to_backorder=[] if backorder else picking.ids,
        ).button_validate()

    @replayed
    def _deliver_partly(self, first=100):
        order = self._new_order(3, first)
        self._scan(order.picking_ids, 2)
        self._validate(order.picking_ids, backorder=False)
        return order

    # === E1: DELIVERIES THAT NOTHING BRINGS ===#

    def test_e1_no_backorder_leaves_a_to_do_with_the_way_out(self):
        order = self._deliver_partly()
        contract = order.sudo().waas_contract_ids
        self.assertEqual(contract.waas_state, "awaiting")
        [todo] = self._get_todos(contract, "devices_missing")
        self.assertEqual(todo.user_id, self.seller)
        self.assertIn("1 of 3 devices", todo.note)
        self.assertIn("Deliver the Rest", todo.note)
        self.assertEqual(contract.waas_lacking_count, 1)

        contract.with_user(self.seller).action_waas_deliver_rest()
        self.assertFalse(self._get_todos(contract, "devices_missing"))
        self.assertEqual(contract.waas_lacking_count, 0)
        self._deliver(order)
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(contract.waas_device_count, 3)
        with self._assert_refuses("lacks no device"):
            contract.with_user(self.seller).action_waas_deliver_rest()

    def test_e1_a_backorder_is_on_its_way(self):
        order = self._new_order(3, 100)
        self._scan(order.picking_ids, 2)
        self._validate(order.picking_ids, backorder=True)
        contract = order.sudo().waas_contract_ids
        self.assertFalse(self._get_todos(contract, "devices_missing"))
        backorder = order.picking_ids.filtered(lambda p: p.state != "done")
        backorder.with_user(self.warehouse).action_cancel()
        self.assertTrue(self._get_todos(contract, "devices_missing"))

    def test_e1_a_cancelled_delivery(self):
        order = self._new_order(2, 100)
        contract = order.sudo().waas_contract_ids
        order.picking_ids.with_user(self.warehouse).action_cancel()
        [todo] = self._get_todos(contract, "devices_missing")
        self.assertIn("2 of 2 devices", todo.note)
        contract.with_user(self.seller).action_waas_deliver_rest()
        self._deliver(order)
        self.assertEqual(contract.waas_state, "running")

    def test_e1_an_order_that_is_cancelled_lacks_nothing(self):
        order = self._new_order(2, 100)
        contract = order.sudo().waas_contract_ids
        order.picking_ids.with_user(self.warehouse).action_cancel()
        self.assertTrue(self._get_todos(contract, "devices_missing"))
        self._cancel(order)
        contract._waas_watch_delivery()
        self.assertFalse(self._get_todos(contract, "devices_missing"))

    def test_e1_an_ordinary_delivery_is_nobodys_business(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.mouse_pad.id})],
            }
        )
        order.action_confirm()
        order.picking_ids.action_cancel()
        self.assertFalse(order.activity_ids)

    # === E1, E2: CHANGES ===#

    @replayed
    def _more_seats(self, number=2, first=200):
        """More workplaces, signed, their devices on the way."""
        self._put_in_stock(self.laptop, number, first)
        change = self._create_change(self.contract, "seats", seat_count=number)
        self._agree(change)
        self.assertEqual(change.state, "delivering")
        change.sudo().picking_ids.action_assign()
        return change

    @replayed
    def _deliver_half(self, backorder=True):
        change = self._more_seats()
        picking = change.sudo().picking_ids
        self._scan(picking, 1)
        self._validate(picking, backorder)
        self.assertEqual(change.state, "delivering")
        return change

    def test_e1_a_change_whose_devices_nothing_brings(self):
        change = self._deliver_half(backorder=False)
        [todo] = self._get_todos(self.contract, "devices_missing")
        self.assertIn("1 of", todo.note)
        self.assertTrue(change.is_lacking)
        change.with_user(self.seller).action_deliver_rest()
        self.assertFalse(change.is_lacking)
        self.assertFalse(self._get_todos(self.contract, "devices_missing"))
        open_pickings = change.sudo()._get_open_pickings()
        open_pickings.action_assign()
        open_pickings.move_ids.picked = True
        self._validate(open_pickings, backorder=False)
        self.assertEqual(change.state, "applied")

    @replayed
    def _give_back(self, devices):
        record = devices.sudo()._waas_get_open_returns() or self._create_return(
            devices, announce=False
        )
        record = record.with_user(self.seller)
        record.accepted_by = "Ceo"
        record.action_accept_responsibility()
        record.action_announce()
        self._receive(record, devices)

    def test_e2_a_half_delivered_change_is_called_back(self):
        change = self._deliver_half()
        device = change.sudo()._get_devices_there()
        self.assertEqual(len(device), 1)
        with self._assert_refuses("press Call Devices Back"):
            change.action_cancel()
        self.assertTrue(change.has_devices_there)
        change.with_user(self.seller).action_call_back()
        self.assertTrue(change.withdrawn_on)
        self.assertFalse(change.sudo()._get_open_pickings())
        self.assertFalse(self._get_todos(self.contract, "devices_missing"))
        self.assertTrue(device._waas_get_open_return_line(), "A return waits for it")
        with self._assert_refuses("no devices to call back"):
            change.with_user(self.seller).action_call_back()

        self._give_back(device.with_env(self.env))
        self.assertEqual(change.state, "cancelled")
        self.assertEqual(
            set(change.sudo().waas_agreement_ids.mapped("state")), {"void"}
        )
        self.assertEqual(self.contract.waas_state, "running")
        # And the contract can be changed, or ended, again.
        self._create_change(self.contract, "termination").action_submit()

    def test_e2_what_came_back_can_be_cancelled(self):
        """The case as it was seen."""
        change = self._deliver_half()
        self._give_back(change.sudo()._get_devices_there().with_env(self.env))
        self.assertEqual(change.state, "delivering")
        change.with_user(self.seller).action_cancel()
        self.assertEqual(change.state, "cancelled")

    def test_e2_what_came_back_is_not_delivered(self):
        """A device that was delivered and came back is missing again."""
        change = self._deliver_half()
        self._give_back(change.sudo()._get_devices_there().with_env(self.env))
        rest = change.sudo()._get_open_pickings()
        rest.action_assign()
        rest.move_ids.picked = True
        self._validate(rest, backorder=False)
        self.assertEqual(change.state, "delivering")
        self.assertTrue(change.is_lacking)
        with self._assert_refuses("does not wait to be applied"):
            change.action_apply()

    def test_e2_before_the_first_delivery_it_is_cancelled_at_once(self):
        change = self._more_seats()
        change.with_user(self.seller).action_call_back()
        self.assertEqual(change.state, "cancelled")

    def test_e2_a_return_that_is_given_up_can_be_opened_again(self):
        """Otherwise the change waits for ever, and its contract cannot be ended."""
        change = self._deliver_half()
        device = change.sudo()._get_devices_there().with_env(self.env)
        for give_up in (
            lambda record: record.action_cancel(),
            lambda record: record.line_ids.action_remove(),
            lambda record: record.unlink(),
        ):
            change.with_user(self.seller).action_call_back()
            change.invalidate_recordset()
            self.assertFalse(change.may_call_back)
            give_up(device.sudo()._waas_get_open_returns().with_user(self.seller))
            change.invalidate_recordset()
            self.assertTrue(change.may_call_back)
        change.with_user(self.seller).action_call_back()
        self._give_back(device)
        self.assertEqual(change.state, "cancelled")

    # === E3: ANOTHER DEVICE WAS IN THE BOX ===#

    def _correct(self, device, actual, user=None, **values):
        wizard = (
            self.env["waas.device.correct"]
            .with_user(user or self.warehouse)
            .create(
                {
                    "device_id": device.id,
                    "actual_device_id": actual.id,
                    "reason": "The customer read the serial number to us.",
                    **values,
                }
            )
        )
        wizard.action_correct()

    def _get_place(self, device):
        device.quant_ids.invalidate_recordset()
        return device.sudo().quant_ids.filtered(lambda q: q.quantity > 0).location_id

    def test_e3_a_done_delivery_is_corrected(self):
        paper = self.devices[0]
        [actual] = self._put_in_stock(self.laptop, 1, 300)
        stock = self._get_place(actual)
        day = paper.waas_delivered_on
        self._correct(paper, actual)
        self.assertRecordValues(
            actual,
            [
                {
                    "waas_contract_id": self.contract.id,
                    "waas_delivered_on": day,
                    "waas_warranty_start": day,
                }
            ],
        )
        self.assertRecordValues(
            paper,
            [
                {
                    "waas_contract_id": False,
                    "waas_delivered_on": False,
                    "waas_warranty_start": False,
                    "waas_warranty_end": False,
                }
            ],
        )
        self.assertEqual(self._get_place(actual), self.also.waas_location_id)
        self.assertEqual(self._get_place(paper), stock)
        self.assertTrue(paper._waas_is_free(self.also))
        self.assertEqual(self.contract.waas_device_count, 3)
        # The paper says what happened.
        self.assertIn(actual, self.delivery.move_line_ids.lot_id)
        self.assertNotIn(paper, self.delivery.move_line_ids.lot_id)
        # So do both chains, which stay valid.
        for device in paper | actual:
            self.assertEqual(device.sudo().waas_custody_ids[0].event, "corrected")
        self.assertFalse((paper | actual)._waas_get_custody_problems())
        self.assertIn(actual.name, self.contract.message_ids[0].body)

    def test_e3_found_at_the_return(self):
        """The box held serial B, the delivery says A: B is taken in and erased, A is
        free and nobody is chased for it."""
        paper = self.devices[0]
        [actual] = self._put_in_stock(self.laptop, 1, 300)
        record = self._create_return(self.devices)
        result = self._receive(record, self.devices[1:] | actual)
        [finding] = result["findings"]
        self.assertEqual(finding.kind, "in_stock")
        action = finding.with_user(self.warehouse).action_correct()
        self.assertEqual(action["context"]["default_device_id"], paper.id)
        wizard = (
            self.env["waas.device.correct"]
            .with_user(self.warehouse)
            .with_context(**action["context"])
            .create({"reason": "Found at its return."})
        )
        wizard.action_correct()
        self.assertEqual(finding.state, "settled")
        self.assertEqual(self._get_place(actual), self.quarantine)
        self.assertTrue(actual.sudo().waas_arrival_id)
        self.assertEqual(actual.sudo().waas_erasure_ids.state, "todo")
        self.assertEqual(
            set(record.line_ids.mapped("state")), {"received"}, record.line_ids
        )
        self.assertIn(actual, record.line_ids.device_id)
        self.assertNotIn(paper, record.line_ids.device_id)
        self.assertEqual(record.state, "received")
        self.assertTrue(paper._waas_is_free(self.also))
        self.assertFalse(actual._waas_is_free(self.also))

    def test_e3_what_cannot_be_corrected(self):
        [actual, other] = self._put_in_stock(self.laptop, 2, 300)
        [monitor] = self._put_in_stock(self.monitor, 1, 300)
        for device, found, reason, message in (
            (other, actual, "x", "is with no customer"),
            (self.devices[0], actual, " ", "Write down how"),
            (self.devices[0], monitor, "x", "another serial number of"),
            (self.devices[0], self.devices[1], "x", "are both on"),
        ):
            with self.subTest(message=message), self._assert_refuses(message):
                device.with_user(self.warehouse)._waas_correct_delivery(found, reason)
        order = self._confirm(self._create_order(12, quantity=1))
        order.picking_ids.action_assign()
        reserved = order.picking_ids.move_line_ids.lot_id
        with self._assert_refuses("is not free in stock"):
            self._correct(self.devices[0], reserved)

    def _deliver_to_neighbour(self):
        """Another customer's contract, and its only device."""
        neighbour = self.customer.copy({"name": "E3 Neighbour", "vat": False})
        signatory = self.signatory.copy(
            {"parent_id": neighbour.id, "email": "sign@e3-neighbour.example"}
        )
        [device] = self._put_in_stock(self.laptop, 1, 400)
        order = self._create_order(
            12, quantity=1, partner_id=neighbour.id, waas_signatory_id=signatory.id
        )
        self._confirm(order).picking_ids.action_assign()
        self._deliver(order)
        contract = order.sudo().waas_contract_ids
        self.assertEqual(device.waas_contract_id, contract)
        return contract, device

    def _assert_crossed(self, contract, paper, actual):
        self.assertEqual(actual.waas_contract_id, self.contract)
        self.assertEqual(paper.waas_contract_id, contract)
        for device in paper | actual:
            self.assertEqual(self._get_place(device), self.also.waas_location_id)
            self.assertEqual(device.product_qty, 1)
        self.assertIn(actual, self.delivery.move_line_ids.lot_id)
        self.assertNotIn(paper, self.delivery.move_line_ids.lot_id)
        delivery = contract.waas_order_id.picking_ids
        self.assertEqual(delivery.move_line_ids.lot_id, paper)
        self.assertEqual(delivery.move_ids.quantity, 1)
        assets = (paper | actual)._waas_get_running_assets()
        for asset in assets:
            self.assertEqual(asset.contract_id, asset.device_id.waas_contract_id)
        self.assertFalse((paper | actual)._waas_get_custody_problems())

    def test_e3_two_customers_have_the_device_of_each_other(self):
        paper, day = self.devices[0], self.devices[0].waas_delivered_on
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            contract, actual = self._deliver_to_neighbour()
            later = actual.waas_delivered_on
            self.assertNotEqual(day, later)
            self._correct(paper, actual)
        self._assert_crossed(contract, paper, actual)
        self.assertEqual(
            (actual.waas_delivered_on, paper.waas_delivered_on), (day, later)
        )
        self.assertEqual(
            (actual.waas_warranty_start, paper.waas_warranty_start), (day, later)
        )
        self.assertIn(actual.name, self.contract.message_ids[0].body)
        self.assertIn(paper.name, contract.message_ids[0].body)
        # Corrected back, it is as before.
        self._correct(actual, paper)
        self.assertEqual(paper.waas_contract_id, self.contract)
        self.assertEqual(actual.waas_contract_id, contract)

    def test_e3_crossed_devices_that_both_are_asked_back(self):
        """Found when the one came with the other one's return."""
        contract, actual = self._deliver_to_neighbour()
        paper = self.devices[0]
        record = self._create_return(self.devices)
        other = self._create_return(actual)
        [finding] = self._receive(record, self.devices[1:] | actual)["findings"]
        self.assertEqual(finding.kind, "other_customer")
        action = finding.with_user(self.warehouse).action_correct()
        self.assertEqual(action["context"]["default_device_id"], paper.id)
        self.env["waas.device.correct"].with_user(self.warehouse).with_context(
            **action["context"]
        ).create({"reason": "Found at its return."}).action_correct()
        self.assertEqual(record.state, "received")
        self.assertIn(actual, record.line_ids.device_id)
        self.assertEqual(self._get_place(actual), self.quarantine)
        self.assertEqual(paper.waas_contract_id, contract)
        self.assertRecordValues(
            other.line_ids, [{"device_id": paper.id, "state": "expected"}]
        )
        self._receive(other, paper)
        self.assertEqual(self._get_place(paper), self.quarantine)
        self.assertEqual(other.state, "received")
        self.assertFalse((paper | actual)._waas_get_custody_problems())

    def test_e3_another_one_is_delivered_later(self):
        """What never left can be delivered, and what did come back as any other."""
        paper = self.devices[0]
        [actual] = self._put_in_stock(self.laptop, 1, 300)
        self._correct(paper, actual)
        order = self._confirm(self._create_order(12, quantity=1))
        order.picking_ids.action_assign()
        self._deliver(order)
        self.assertEqual(paper.waas_contract_id, order.sudo().waas_contract_ids)
        record = self._create_return(actual)
        self._receive(record, actual)
        self.assertTrue(actual.sudo().waas_arrival_id)

    # === E4: MAILS WITHOUT A READER ===#

    def _get_mails_of(self, record):
        return self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "in", record.ids)]
        )

    def test_e4_the_known_contact_gets_the_mails_of_a_company(self):
        self.customer.email = False
        record = self._create_return(self.devices[:1])
        self.assertIn(
            self.signatory, self._get_mails_of(record).recipient_ids, "The signatory"
        )
        self.assertFalse(self._get_todos(record, "mail"))

    def test_e4_nobody_to_write_to_is_a_to_do(self):
        self.customer.email = False
        self.signatory.email = False
        record = self._create_return(self.devices[:1])
        [todo] = self._get_todos(record, "mail")
        self.assertIn("has no mail address", todo.note)
        self.assertEqual(todo.user_id, self.seller)
        with self._assert_refuses("has no mail address"):
            record.action_send()

    def test_e4_a_mail_that_could_not_be_sent_is_told(self):
        record = self._create_return(self.devices[:1])
        mail = self._get_mails_of(record).filtered(
            lambda mail: self.customer in mail.recipient_ids
        )
        mail._postprocess_sent_message(
            [], [], failure_reason="Mailbox unknown", failure_type="mail_smtp"
        )
        [todo] = self._get_todos(record, "mail")
        self.assertIn("Mailbox unknown", todo.note)
        # Said once.
        mail._postprocess_sent_message(
            [], [], failure_reason="Mailbox unknown", failure_type="mail_smtp"
        )
        self.assertEqual(len(self._get_todos(record, "mail")), 1)

    def test_i4_a_signing_mail_that_could_not_be_sent_is_tried_again(self):
        """With pauses that grow; meanwhile the deal says what is the matter."""
        order = self._create_order(12, quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        [mail] = self._get_mails(order)
        self.assertEqual(self._get_codes(order), ["customer_signature"])
        with freeze_time("2026-03-02 08:00:00") as clock:
            waited = []
            for _try in range(9):
                mail.state = "exception"
                mail._postprocess_sent_message(
                    [], [], failure_reason="No route.", failure_type="mail_smtp"
                )
                self.assertEqual(self._get_codes(order), ["link_undelivered"])
                if not mail.waas_next_try:
                    break
                waited.append((mail.waas_next_try - fields.Datetime.now()).seconds)
                self.env["mail.mail"].sudo()._cron_waas_retry()
                self.assertEqual(mail.state, "exception", "Its pause is not over.")
                clock.tick(waited[-1])
                self.env["mail.mail"].sudo()._cron_waas_retry()
                self.assertEqual(mail.state, "outgoing")
        self.assertEqual(waited, [60 * m for m in (5, 10, 20, 40, 80, 160, 320, 640)])
        self.assertTrue(self._get_todos(order, "signing_mail"))
        self.assertIn("No route.", order._waas_get_blockers()[0].message)
        mail._postprocess_sent_message([], [])
        self.assertEqual(self._get_codes(order), ["customer_signature"])
        self.assertFalse(self._get_todos(order, "signing_mail"))

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_i2_a_mail_whose_document_is_not_printed_is_tried_again(self):
        record = self._create_return(self.devices[:1])
        mail = self._get_mails_of(record)[:1].sudo()
        reports = self.env.registry["ir.actions.report"]
        servers = self.env.registry["ir.mail_server"]
        sent = []
        with (
            patch.object(servers, "_disable_send", lambda server: False),
            patch.object(
                servers,
                "send_email",
                lambda server, message, **kw: sent.append(message),
            ),
        ):
            with patch.object(
                reports, "_render_qweb_pdf", side_effect=UserError("No PDF.")
            ):
                mail._send()
            self.assertEqual(mail.state, "exception")
            self.assertIn("No PDF.", mail.failure_reason)
            self.assertTrue(mail.waas_next_try)
            self.assertFalse(sent)
            [todo] = self._get_todos(record, "mail")
            self.assertIn("No PDF.", todo.note)
            mail.mark_outgoing()
            mail._send()
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertEqual(len(sent), 1)

    def test_i4_a_wrong_address_and_ordinary_mails_are_not_tried_again(self):
        record = self._create_return(self.devices[:1])
        mail = self._get_mails_of(record)[:1]
        mail._postprocess_sent_message([], [], failure_type="mail_email_invalid")
        ordinary = self.env["mail.mail"].create(
            {"model": "res.partner", "res_id": self.customer.id, "state": "exception"}
        )
        ordinary._postprocess_sent_message([], [], failure_type="mail_smtp")
        self.assertFalse((mail | ordinary).filtered("waas_next_try"))

    def test_e4_a_bounce_of_a_signing_mail_is_told_at_once(self):
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": self.signatory.email_normalized,
                "bounced_partner": self.signatory,
                "bounced_msg_ids": [],
                "bounced_message": self.env["mail.message"],
                "body": "No such mailbox",
                "email_from": "mailer-daemon@customerone.test",
                "to": "bounce@also.test",
                "message_id": "<bounce@customerone.test>",
            },
        )
        [todo] = self._get_todos(order, "signing_mail")
        self.assertIn(self.signatory.email_normalized, todo.note)
        self.assertEqual(todo.user_id, self.seller)
        self.signatory.email = "new@customerone.test"
        order.action_waas_send_agreements()
        self._customer_signs(order)
        self.assertFalse(self._get_todos(order, "signing_mail"))

    # === E5: TO-DOS FOR SOMEBODY WHO IS THERE ===#

    def _person(self, login, *groups, **values):
        return new_test_user(
            self.env,
            login,
            ",".join(groups),
            company_id=self.also.id,
            company_ids=[Command.set(self.also.ids)],
            **values,
        )

    def _todo_of(self, user):
        """For whom a to-do is that ``user`` is responsible for."""
        self.contract._waas_todo_drop("end_failed")
        self.contract._waas_todo("end_failed", user, note="Why")
        return self._get_todos(self.contract, "end_failed").user_id

    def test_e5_the_responsible_is_somebody_who_is_there(self):
        self.assertEqual(self._todo_of(self.seller), self.seller)
        team = self.env.ref("also_waas.group_waas_user").all_user_ids
        portal = self._create_portal_user("e5_portal", self.reseller.child_ids)
        elsewhere = self.setup_other_company(name="E5 Elsewhere")["company"]
        stranger = new_test_user(
            self.env,
            "e5_elsewhere",
            "also_waas.group_waas_user",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        # Somebody without a right to read the contract cannot do anything about it.
        salesman = self._person("e5_salesman", "sales_team.group_sale_salesman")
        for absent in (portal, stranger, salesman, self.env.ref("base.user_root")):
            with self.subTest(absent=absent.login):
                assignee = self._todo_of(absent)
                self.assertNotEqual(assignee, absent)
                self.assertIn(assignee, team)
        self.seller.active = False
        self.assertIn(self._todo_of(self.seller), team - self.seller)

    def test_e5_who_is_away_is_stood_in_for(self):
        self.seller.out_of_office_from = fields.Datetime.now() - timedelta(days=1)
        self.assertNotEqual(self._todo_of(self.seller), self.seller)

    def test_e5_the_team_shares_the_work(self):
        """Not everything goes to whoever was made first."""
        people = self._person("e5_one", "also_waas.group_waas_manager")
        people |= self._person("e5_two", "also_waas.group_waas_manager")
        for device in self.devices:
            device._waas_todo("custody", note="Broken")
        todos = self._get_todos(self.devices, "custody")
        self.assertEqual(len(todos.user_id), 3)

    def test_e5_who_leaves_leaves_the_to_dos_to_the_team(self):
        self._todo_of(self.seller)
        self.seller.active = False
        todo = self._get_todos(self.contract, "end_failed")
        self.assertTrue(todo.user_id.active)
        self.assertNotEqual(todo.user_id, self.seller)

    def test_e5_who_loses_the_team_or_the_company_leaves_the_to_dos(self):
        """Whichever way: on the user, on the group, or with the company."""
        elsewhere = self.setup_other_company(name="E5 Later")["company"]
        group = self.env.ref("also_waas.group_waas_user")
        self.seller.company_ids += elsewhere
        self.seller.company_id = elsewhere
        for lose in (
            lambda: self.seller.write({"group_ids": [Command.unlink(group.id)]}),
            lambda: group.write({"user_ids": [Command.unlink(self.seller.id)]}),
            lambda: self.also.write({"user_ids": [Command.unlink(self.seller.id)]}),
            lambda: self.seller.write(
                {
                    "company_id": elsewhere.id,
                    "company_ids": [Command.set(elsewhere.ids)],
                }
            ),
        ):
            with self.env.cr.savepoint() as savepoint:
                self.assertEqual(self._todo_of(self.seller), self.seller)
                lose()
                [todo] = self._get_todos(self.contract, "end_failed")
                self.assertTrue(todo.user_id.active)
                self.assertNotEqual(todo.user_id, self.seller)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_e5_who_loses_the_team_with_another_group_leaves_the_to_dos(self):
        """The group that brought somebody into the team goes, or brings it no more."""
        team = self.env.ref("also_waas.group_waas_user")
        for number, lose in enumerate(
            (
                lambda group: group.write({"implied_ids": [Command.unlink(team.id)]}),
                lambda group: team.write(
                    {"implied_by_ids": [Command.unlink(group.id)]}
                ),
                lambda group: group.unlink(),
            )
        ):
            group = self.env["res.groups"].create(
                {"name": f"Desk {number}", "implied_ids": [Command.link(team.id)]}
            )
            person = self._person(f"e5_desk_{number}", "base.group_user")
            person.group_ids += group
            self.assertEqual(self._todo_of(person), person)
            lose(group)
            [todo] = self._get_todos(self.contract, "end_failed")
            self.assertTrue(todo.user_id)
            self.assertNotEqual(todo.user_id, person)

    def test_e5_whoever_is_archived_or_deleted_leaves_the_to_dos(self):
        """Odoo deletes what is to be done with who should do it."""
        people = self._person("e5_first", "also_waas.group_waas_user")
        people |= self._person("e5_second", "also_waas.group_waas_user")
        for leave in (people.action_archive, people.unlink):
            with self.env.cr.savepoint() as savepoint:
                self.assertEqual(self._todo_of(people[0]), people[0])
                leave()
                [todo] = self._get_todos(self.contract, "end_failed")
                self.assertTrue(todo.user_id)
                self.assertFalse(todo.user_id & people)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_e5_who_gains_something_keeps_the_to_dos(self):
        self.assertEqual(self._todo_of(self.seller), self.seller)
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        [todo] = self._get_todos(self.contract, "end_failed")
        self.assertEqual(todo.user_id, self.seller)

    def test_e5_nobody_there_leaves_it_on_the_document(self):
        managers = self.env.ref("also_waas.group_waas_user").all_user_ids
        self.env["res.users"].browse(
            (managers - self.env.user - self.env.ref("base.user_root")).ids
        ).active = False
        self.env.user.company_ids = self.also
        todo = self.contract._waas_todo("end_failed", None, note="Why")
        todo = self._get_todos(self.contract, "end_failed")
        self.assertEqual(len(todo), 1)
        self.assertTrue(not todo.user_id or todo.user_id.active)

    def test_e5_an_archived_signatory_signs_nothing(self):
        order = self._create_order(12, quantity=1)
        self.assertEqual(order.waas_signatory_id, self.signatory)
        self.signatory.active = False
        with self._assert_refuses("is archived and signs no more"):
            order.action_waas_send_agreements()

    def test_e5_a_partners_account_manager_who_left_gets_no_deals(self):
        portal = self._create_portal_user(
            "e5_reseller", self.reseller.child_ids, "also_waas.group_waas_reseller"
        )
        for gone in (portal, self._person("e5_gone", "base.group_user", active=True)):
            if gone != portal:
                gone.active = False
            self.reseller.user_id = gone
            found = self.env["sale.order"]._waas_get_back_office(self.reseller)
            self.assertNotEqual(found, gone)
            self.assertTrue(found.active and not found.share)

    # === E7: TO-DOS CLOSE AUTOMATICALLY, IN THE READER'S LANGUAGE ===#

    def test_e7_what_is_signed_waits_for_nobody(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        order = self._create_order(12, quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        self._customer_signs(order)
        [todo] = self._get_todos(order, "countersign")
        self.assertTrue(todo.user_id.has_group("also_waas.group_waas_manager"))
        self._also_signs(order)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.sudo().activity_ids)

    def test_e7_who_cannot_sign_gets_no_signature_to_do(self):
        """Nor somebody who was made by the installation."""
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        self._customer_signs(order)
        todo = self._get_todos(order, "countersign")
        self.assertNotIn(todo.user_id, self.seller | self.env.ref("base.user_root"))

    def test_e7_a_to_do_is_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        todo_type = self.env.ref("also_waas.todo_countersign")
        todo_type.with_context(lang="nl_NL").summary = "Teken voor ALSO"
        self.env.ref("also_waas.group_waas_manager").all_user_ids.lang = "nl_NL"
        self.customer.lang = "en_US"
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        agreements = order.sudo().waas_agreement_ids.with_context(lang="en_US")
        agreements._sign_for_customer("Ceo", SIGNATURE, "127.0.0.1", True)
        self.assertEqual(
            self._get_todos(order, "countersign").summary, "Teken voor ALSO"
        )

    def test_e7_withdrawing_closes_what_waited(self):
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        self._customer_signs(order)
        self.assertTrue(self._get_todos(order, "countersign"))
        order._action_cancel()
        self.assertFalse(self._get_todos(order, "countersign"))

    def test_e7_a_kind_of_to_do_is_made_once(self):
        """Found by its type and its record, not by its text, whoever made it in
        whatever language."""
        self.env["res.lang"]._activate_lang("nl_NL")
        contract = self.contract
        contract._waas_todo("end_failed", self.seller, note="First")
        contract.with_context(lang="nl_NL")._waas_todo(
            "end_failed", self.seller, note="Second"
        )
        [todo] = self._get_todos(contract, "end_failed")
        self.assertIn("Second", todo.note)
        self.assertNotIn("First", todo.note)
        contract._waas_todo("mail", self.seller, note="One", add=True)
        contract._waas_todo("mail", self.seller, note="Other", add=True)
        contract._waas_todo("mail", self.seller, note="Other", add=True)
        [todo] = self._get_todos(contract, "mail")
        self.assertEqual(todo.note.count("Other"), 1)
        self.assertIn("One", todo.note)

    def test_e7_every_kind_has_a_team_that_may_read_it(self):
        types = self.env["mail.activity.type"].with_context(active_test=False)
        data = self.env["ir.model.data"].search(
            [("module", "=", "also_waas"), ("model", "=", "mail.activity.type")]
        )
        ours = types.browse(data.mapped("res_id"))
        self.assertGreater(len(ours), 30)
        for todo_type in ours:
            self.assertTrue(todo_type.waas_group_id, todo_type.name)
            self.assertTrue(todo_type.summary, todo_type.name)

    # === E8: PEOPLE WHO LEAVE THE PORTAL ===#

    def _leaver(self):
        return self._create_portal_user("e8_portal", self.signatory)

    @mute_logger("odoo.models.unlink")
    def test_e8_who_is_in_a_chain_of_custody_can_delete_the_account(self):
        user = self._leaver()
        self.devices[0].with_user(user).sudo()._waas_log("announced", document=None)
        entry = self.devices[0].sudo().waas_custody_ids[0]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE waas_custody_entry SET create_uid = %s WHERE id = %s",
            [user.id, entry.id],
        )
        author = entry.author
        user.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(entry.create_uid)
        self.assertEqual(entry.author, author)
        self.assertFalse(self.devices[0]._waas_get_custody_problems())

    @mute_logger("odoo.models.unlink")
    def test_e8_who_asked_for_credit_can_delete_the_account(self):
        user = self._leaver()
        order = self._create_order(12, quantity=1)
        order.action_waas_request_credit()
        order.waas_credit_check_ids.sudo().requested_by_id = user
        user.unlink()
        self.env.flush_all()
        self.assertTrue(order.waas_credit_check_ids)

    def test_e8_what_an_entry_says_is_not_changed(self):
        entry = self.devices[0].sudo().waas_custody_ids[0]
        for column in ("note", "event", "entry_hash", "lot_id", "sequence"):
            with self.subTest(column=column), mute_logger("odoo.sql_db"):
                value = 99 if column in ("lot_id", "sequence") else "sold"
                with self.assertRaises(RaiseException), self.env.cr.savepoint():
                    self.env.cr.execute(
                        SQL(
                            "UPDATE waas_custody_entry SET %s = %s WHERE id = %s",
                            SQL.identifier(column),
                            value,
                            entry.id,
                        )
                    )
