from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...defaults import without_defaults
from .waas_change import KINDS


class WaasChange(models.Model):
    """The steps of a change. Each is named by the state that it leads to."""

    _inherit = "waas.change"

    # === ACTIONS ===#

    def action_view_contract(self):
        """Open the contract that changes."""
        self.ensure_one()
        return self.contract_id._get_records_action()

    def action_submit(self):
        """Freeze the change and put it before the gate.

        :raises UserError: when it cannot be done like this, with the reasons
        """
        for change in self:
            change._ensure_user()
            change._ensure_not_over()
            if change.state != "draft":
                raise UserError(
                    self.env._("%(change)s was sent already.", change=change.name)
                )
            change._refresh()
            change._ensure_possible()
            change._submit()
            change._waas_proceed_if_ready()
        return True

    def action_apply(self):
        """Take the next step of a change that was sent, when nothing is missing any
        more: deliver what it brings, or write it to its contract."""
        for change in self:
            change._ensure_user()
            change._ensure_not_over()
            # As superuser: transfers are the warehouse's.
            change_sudo = change.sudo()
            if change.state == "waiting":
                change._approve()
            elif change.state == "delivering" and change_sudo._is_delivered():
                change_sudo._begin_rent(change.company_id._waas_today())
            else:
                raise UserError(
                    self.env._(
                        "%(change)s does not wait to be applied: send it first.",
                        change=change.name,
                    )
                )
        return True

    def action_renew(self):
        """Reset a change that was sent to a draft of today, to correct it. What was
        signed for it is void."""
        for change in self:
            change._ensure_user()
            if change.state != "waiting":
                raise UserError(
                    self.env._(
                        "Only a change that was sent and not applied can be renewed."
                    )
                )
            change._void(self.env._("The change was renewed."))
            today = change.company_id._waas_today()
            change.sudo().write(  # checked above
                {
                    "state": "draft",
                    "effective_date": max(change.effective_date, today),
                }
            )
            change._refresh()
        return True

    def action_cancel(self):
        """Cancel a change that was not applied; nothing of it remains."""
        for change in self:
            change._ensure_user()
            change._ensure_not_over()
            change._cancel(self.env._("The change was cancelled."))
        return True

    def _ensure_user(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(self.env._("Only WaaS users change contracts."))

    def _get_sent_message(self):
        """How a user corrects a change that was sent."""
        self.ensure_one()
        if self.state == "delivering":
            return self.env._(
                "%(change)s is being delivered: have it finished and make another "
                "change, or press Call Devices Back to give it up.",
                change=self.name,
            )
        return self.env._(
            "%(change)s was sent: press Renew to change it, or cancel it.",
            change=self.name,
        )

    def _ensure_not_over(self):
        """:raises UserError: for what is applied or cancelled, with what answers it"""
        for change in self:
            if change.state in ("applied", "cancelled"):
                raise UserError(change._get_over_message())

    def _get_over_message(self):
        self.ensure_one()
        if self.state == "cancelled":
            return self.env._(
                "%(change)s is cancelled already, and nothing of it remains: make "
                "another change of %(contract)s instead.",
                change=self.name,
                contract=self.contract_id.name,
            )
        return self.env._(
            "%(change)s is applied and stays. %(way)s",
            change=self.name,
            way=self._get_kind().get_way_back(self),
        )

    # === STEPS ===#

    def _refresh(self):
        """Recompute a draft: prices, invoices and other changes may differ by now."""
        self.ensure_one()
        # System fields, computed anew.
        change_sudo = self.sudo()
        for records, names in (
            (change_sudo.line_ids, change_sudo.line_ids._get_frozen_fields()),
            (change_sudo, self._get_frozen_fields()),
        ):
            for name in names:
                self.env.add_to_compute(records._fields[name], records)
        change_sudo.flush_recordset()

    @api.model
    def _get_frozen_fields(self):
        return (
            "monthly_before",
            "monthly_after",
            "total_before",
            "total_after",
            "growth_amount",
            "growth_total",
            "part_amount",
            "commission_amount",
            "max_months",
            "owed_amount",
            "invoiced_amount",
        )

    def _submit(self):
        """Put a draft before the gate, and ask what it needs to pass."""
        self.sudo().state = "waiting"  # callers checked the right
        self.flush_recordset(["state"])
        self._tell_contract(self.env._("was sent"))
        if self.waas_needs_signatures:
            self._waas_issue_agreements()
        if self._waas_must_request_credit(self._waas_get_open_points()):
            self.action_request_credit()
        self._get_kind().submit(self)
        self._ask_for_warranty()

    def _cancel(self, reason):
        """Cancel the change: nothing of it remains."""
        self._void(reason)
        self.sudo().state = "cancelled"  # callers checked the right
        self.flush_recordset(["state"])
        self._tell_contract(self.env._("was cancelled"))

    def _void(self, reason):
        """Void what was made for a change that will not happen as it was sent."""
        change_sudo = self.sudo()  # the right to cancel the change carries over
        change_sudo._cancel_deliveries()
        change_sudo.waas_agreement_ids._void(reason)
        change_sudo.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )._withdraw()
        change_sudo._reset_warranty_risk()
        change_sudo._waas_drop_todos()

    def _apply(self):
        """Write the changes to their contracts: all of them, or none."""
        # Callers checked the right; contracts are written by business methods only.
        changes = without_defaults(self.sudo())
        changes.contract_id.lock_for_update(allow_referencing=True)
        changes.contract_id.waas_installment_ids.filtered(
            lambda month: not month.move_id
        )._lock()
        plans = {}
        for change in changes:
            change._ensure_possible()
            plans[change] = change._plan()
            change._ensure_as_agreed(plans[change])
        for kind, group in changes.grouped("kind").items():
            KINDS[kind].apply(group, plans)
        changes.write(
            {
                "state": "applied",
                "applied_on": fields.Datetime.now(),
                "applied_by_id": self.env.uid,
            }
        )
        changes.flush_recordset(["state"])
        changes._waas_drop_todos()
        for change in changes:
            change._tell_contract(change._get_kind().describe_applied(change))
            change._after_apply()

    def _after_apply(self):
        """Hook: the change is applied. Licenses, commission and marketplace follow; the
        amounts of the lines are frozen."""

    def _waas_drop_todos(self):
        """Hook: nothing is left to do for these changes."""
        self._waas_todo_drop(
            "change_apply",
            "change_delivered",
            "countersign",
            "refused",
            "unsigned",
            "signing_mail",
            "warranty",
        )

    def _ensure_as_agreed(self, plan):
        """What is booked is what was shown and signed, to the cent."""
        compare = self.currency_id.compare_amounts
        total = sum(plan.amounts.values())
        if compare(total, self.total_after) or compare(
            self.contract_id._waas_get_monthly(plan), self.monthly_after
        ):
            raise UserError(
                self.env._(
                    "%(contract)s has changed since %(change)s was sent: its total "
                    "would be %(now)s now instead of %(agreed)s. Press Renew and have "
                    "it signed again.",
                    contract=self.contract_id.name,
                    change=self.name,
                    now=self._format_amount(total),
                    agreed=self._format_amount(self.total_after),
                )
            )

    def _tell_contract(self, what):
        """Leave a note of each step on the contract."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        contract_sudo = self.contract_id.sudo()  # WaaS users read contracts only
        contract_sudo._waas_tell(
            self.env._(
                "%(kind)s %(change)s %(what)s.",
                kind=kinds[self.kind],
                change=self.name,
                what=what,
            )
        )
