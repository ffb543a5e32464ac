from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...defaults import without_defaults


class WaasChange(models.Model):
    """The way of a change: sent, applied, cancelled."""

    _inherit = "waas.change"

    # === ACTIONS ===#

    def action_view_contract(self):
        """Open the contract that changes."""
        self.ensure_one()
        return self.contract_id._get_records_action()

    def action_submit(self):
        """Freeze the change and put it before the gate: whom it concerns is asked.

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
            change.sudo().state = "waiting"  # checked above
            change.flush_recordset(["state"])
            change._after_submit()
            change._waas_try_confirm()
        return True

    def action_apply(self):
        """Write the change to the contract, when nothing is missing any more."""
        for change in self:
            change._ensure_user()
            change._ensure_not_over()
            if change.state != "waiting":
                raise UserError(
                    self.env._(
                        "%(change)s does not wait to be applied: send it first.",
                        change=change.name,
                    )
                )
            change._go()
        return True

    def action_renew(self):
        """Take a change back that was sent: as a draft of today it can be corrected.
        What was signed for it is void."""
        for change in self:
            change._ensure_user()
            if change.state != "waiting":
                raise UserError(
                    self.env._(
                        "Only a change that was sent and not applied can be renewed."
                    )
                )
            change._withdraw(self.env._("The change was renewed."))
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
        """Give a change up that was not applied; nothing of it remains."""
        for change in self:
            change._ensure_user()
            change._ensure_not_over()
            change._withdraw(self.env._("The change was cancelled."))
            change.sudo().state = "cancelled"  # checked above
            change.flush_recordset(["state"])
            change._tell_contract(self.env._("was cancelled"))
        return True

    def _ensure_user(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(self.env._("Only WaaS users change contracts."))

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
            way=self._get_way_back(),
        )

    def _get_way_back(self):
        """What answers a change that was applied."""
        self.ensure_one()
        return {
            "upgrade": self.env._(
                "What was agreed holds to the end of the term; a follow-on contract "
                "can do without it."
            ),
            "seats": self.env._(
                "What was agreed holds to the end of the term; a follow-on contract "
                "can have fewer workplaces."
            ),
            "extension": self.env._(
                "An extended contract is ended by an early termination."
            ),
            "termination": self.env._(
                "An ended contract is followed by a new one; what was invoiced wrongly "
                "is credited on its invoice."
            ),
        }[self.kind]

    # === LIFE CYCLE ===#

    def _refresh(self):
        """Compute a draft anew: prices, invoices and other changes go on meanwhile."""
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
        )

    def _after_submit(self):
        """Hook: the change stands before the gate."""
        self._tell_contract(self.env._("was sent"))

    def _withdraw(self, reason):
        """Hook: take back what hangs on a change that will not happen like this."""

    def _go(self):
        """Hook: take the step that follows when nothing is missing."""
        self._start()

    def _start(self):
        """Hook: let what was agreed begin."""
        self._apply_now()

    def _apply_now(self):
        """Write the changes, all of each and all of them, or nothing."""
        # The right to do it was checked; contracts are written by the flow only.
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
        changes._apply_plans(plans)
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
            change._tell_contract(change._describe_applied())
            change._after_apply()

    def _waas_drop_todos(self):
        """Hook: nothing is left to do for these changes."""

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

    def _apply_plans(self, plans):
        """Hook: write the plans to the contracts.

        :param dict plans: :class:`Plan` of each of these changes
        """
        for change in self:
            change._apply(plans[change])

    def _apply(self, plan):
        """Hook: write the plan to the contract."""
        self.contract_id._waas_write_plan(plan)

    def _after_apply(self):
        """Hook: the change is applied. Licenses, commission and marketplace follow; the
        amounts of the lines are frozen."""

    def _describe_applied(self):
        """What the contract's followers read."""
        return self.env._(
            "is applied from %(date)s: %(before)s → %(after)s per month, contract "
            "total %(total)s",
            date=format_date(self.env, self.effective_date),
            before=self._format_amount(self.monthly_before),
            after=self._format_amount(self.monthly_after),
            total=self._format_amount(self.total_after),
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
