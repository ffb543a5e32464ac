from datetime import timedelta

from psycopg2.errors import RaiseException

from odoo import Command, fields
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .cases_steps import SIGNATURE
from .common_waiting import NothingWaitsInSilenceCommon


@tagged("post_install", "-at_install")
class TestTodoAssignees(NothingWaitsInSilenceCommon):
    """A to-do is for somebody who is there."""

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
        with self._assert_refuses("is archived and can no longer sign"):
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


@tagged("post_install", "-at_install")
class TestNothingWaitsInSilenceE8PeopleWhoLeaveThePortal(NothingWaitsInSilenceCommon):
    """E8: people who leave the portal."""

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
