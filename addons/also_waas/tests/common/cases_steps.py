"""What people do with a deal, from the quotation on; part of :mod:`.cases`."""

import base64
import re
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError
from odoo.tools import file_open, mute_logger

from ... import batches
from .replayed import replayed

SIGNATURE = base64.b64encode(
    file_open("also_waas/static/description/icon.png", "rb").read()
)


class DealSteps:
    """The steps of a deal, as those whose job it is take them."""

    # === WHAT PEOPLE DO ===#

    @classmethod
    @replayed
    def _create_order(cls, months=36, quantity=None, user=None, **values):
        """A WaaS quotation; with ``quantity`` it has that many workplaces."""
        order = (
            cls.env["sale.order"]
            .with_user(user or cls.seller)
            .create(
                {
                    "is_waas": True,
                    "company_id": cls.also.id,
                    "partner_id": cls.customer.id,
                    "waas_reseller_id": cls.reseller.id,
                    "waas_term_id": cls.terms[months].id,
                    **values,
                }
            )
        )
        if quantity:
            order._waas_add_bundle(cls.bundle, quantity)
        return order

    @classmethod
    @replayed
    def _approve_credit(cls, order, amount=1_000_000.0):
        order.action_waas_request_credit()
        check = order.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )
        check.with_user(cls.officer)._approve(amount, date(2099, 12, 31))
        return check

    @classmethod
    @replayed
    def _customer_signs(cls, order):
        agreements = order.sudo().waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "sent"
        )
        agreements._sign_for_customer("Ceo", SIGNATURE, "127.0.0.1", True)
        return agreements

    @classmethod
    @replayed
    def _also_signs(cls, order):
        order.waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "customer_signed"
        ).with_user(cls.manager)._countersign(SIGNATURE, "127.0.0.1")

    @classmethod
    @replayed
    def _sign(cls, order):
        order.action_waas_send_agreements()
        cls._customer_signs(order)
        cls._also_signs(order)

    @classmethod
    @replayed
    def _confirm(cls, order):
        """Through the whole gate; the last signature confirms."""
        cls._approve_credit(order)
        cls._sign(order)
        return order

    @classmethod
    def _cancel(cls, order, reason="The customer went bankrupt"):
        """Give up a deal that both have signed, as the button does."""
        action = order.action_cancel()
        if not isinstance(action, dict):
            return action  # there was nothing to ask
        wizard = (
            order.env[action["res_model"]]
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        return wizard.action_cancel_order()

    @classmethod
    @replayed
    def _put_in_stock(cls, product, quantity, first=1):
        """Serial numbers in the warehouse of ALSO, counted from ``first``."""
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.also.id)], limit=1
        )
        lots = cls.env["stock.lot"].create(
            [
                {
                    "product_id": product.id,
                    "company_id": cls.also.id,
                    "name": f"{product.name}-{index}",
                }
                for index in range(first, first + quantity)
            ]
        )
        for lot in lots:
            cls.env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, 1, lot_id=lot
            )
        return lots

    @classmethod
    @replayed
    def _deliver(cls, order):
        """Ship everything that is reserved, as the warehouse does."""
        pickings = order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        pickings.action_assign()
        pickings.move_ids.picked = True
        pickings.with_user(cls.warehouse).with_context(
            skip_backorder=True
        ).button_validate()
        return pickings

    # === CONTRACTS THAT RUN ===#

    @classmethod
    @replayed
    def _create_contract(cls, start, months=12, quantity=1, **values):
        """A running contract, its months planned from ``start`` and none invoiced.

        It skips the gate and the delivery: other tests are about them.
        """
        order = cls._create_order(months, quantity, **values)
        # As the flow does: nobody makes a contract by hand.
        contract_sudo = (
            cls.env["contract.contract"].sudo().create(order._waas_prepare_contract())
        )
        contract_sudo._waas_run_from(start)
        return contract_sudo

    @classmethod
    @replayed
    def _create_change(cls, contract, kind="upgrade", user=None, **values):
        """A change as a WaaS user drafts it; ``products`` are its lines."""
        products = values.pop("products", ())
        lines = [
            Command.create({"product_id": product.id, **numbers})
            for product, numbers in dict(products).items()
        ]
        return (
            cls.env["waas.change"]
            .with_user(user or cls.seller)
            .create(
                {
                    "contract_id": contract.id,
                    "kind": kind,
                    # The price list of the tests has no commission on extensions.
                    "waas_zero_reason": "Agreed",
                    **({"line_ids": lines} if lines else {}),
                    **values,
                }
            )
        )

    @classmethod
    def _upgrade(cls, contract, day, product=None, **numbers):
        """An upgrade from ``day``, drafted and not sent."""
        product = product or cls.premium_upgrade
        return cls._create_change(
            contract, effective_date=day, products={product: numbers}
        )

    @classmethod
    @replayed
    def _agree(cls, change):
        """Through the whole gate; the last signature applies it."""
        change.action_submit()
        pending = change.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )
        if pending:
            pending.with_user(cls.officer)._approve(1_000_000.0, date(2099, 12, 31))
        cls._customer_signs(change)
        cls._also_signs(change)
        return change

    @classmethod
    @replayed
    def _invoice_up_to(cls, contract, day):
        """Invoice the months that began up to ``day``, as a run would."""
        return contract.sudo()._waas_invoice_due(day)

    @classmethod
    @replayed
    def _create_run(cls, day, **values):
        """An invoice run as the accountant makes it, not started."""
        return (
            cls.env["waas.invoice.run"]
            .with_user(cls.accountant)
            .create(
                {
                    "company_id": cls.also.id,
                    "date": day,
                    "invoice_date": day,
                    **values,
                }
            )
        )

    @contextmanager
    def _undone(self):
        """What is done inside is taken back."""
        with self._coming_back():
            savepoint = self.env.cr.savepoint()
            try:
                yield
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    @contextmanager
    def _coming_back(self):
        """Afterwards the database is what it was before: helpers are replayed again."""
        state = self.recorder and self.recorder.get_state()
        yield
        if self.recorder:
            self.recorder.enter(state)

    @contextmanager
    def _working(self):
        """Let workers work inside the transaction of the test: what they commit, and
        the isolation of their transactions, is for the crash test."""
        with (
            patch.object(batches, "begin_transaction", lambda cr: None),
            patch.object(self.env.cr, "commit", self.env.flush_all),
        ):
            yield

    @contextmanager
    def _committing(self):
        """Let a scheduled action commit inside the transaction of the test."""
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            yield

    def _end_contracts(self):
        """Let the contracts end whose time is over, as the scheduler does."""
        with self._committing():
            self.env["contract.contract"].sudo()._cron_waas_end()

    def _work(self, run):
        """Start a run and do its work."""
        run.action_start()
        with self._working():
            run.sudo().with_user(SUPERUSER_ID)._work()
        return run

    # === WHAT THE SIGNATORY'S MAILBOX HOLDS ===#

    @classmethod
    def _get_mails(cls, order):
        """What the signing links of the order sent, the newest first."""
        links = cls.env["waas.signing.link"].search([("order_id", "=", order.id)])
        return cls.env["mail.mail"].search(
            [("model", "=", "waas.signing.link"), ("res_id", "in", links.ids)],
            order="id desc",
        )

    @classmethod
    def _find_in_mails(cls, order, pattern):
        bodies = cls._get_mails(order).mapped("body_html")
        return next(
            (match[1] for body in bodies if (match := re.search(pattern, body))), None
        )

    @classmethod
    def _get_token(cls, order):
        return cls._find_in_mails(order, r"/waas/sign/([\w-]+)")

    @classmethod
    def _get_code(cls, order):
        return cls._find_in_mails(order, r"<strong[^>]*>(\d{6})</strong>")

    @contextmanager
    def _assert_refuses(self, message, exception=UserError):
        """What is done inside is refused with this message, and undone.

        ``assertRaisesRegex`` would leave half of it behind.
        """
        with self._coming_back(), self.assertRaises(exception) as refusal:
            yield refusal
        self.assertRegex(str(refusal.exception), message)

    @contextmanager
    def _assert_violates(self):
        """The database itself refuses; users see the constraint's own message."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            yield

    def _get_codes(self, order):
        """Codes of what the order still waits for."""
        return [blocker.code for blocker in order._waas_get_blockers()]
