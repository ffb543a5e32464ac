"""The end of the term is announced. The end customer chooses in time: an extension,
a new contract, or the return (R12, R15)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...batches import work_isolating


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_notice_date = fields.Date(
        string="Notice Date",
        compute="_compute_waas_notice_date",
        compute_sudo=True,
        help="From this day on partner and end customer are notified of the end.",
    )
    waas_decision_date = fields.Date(
        string="Decision Deadline",
        compute="_compute_waas_notice_date",
        compute_sudo=True,
        help="By this day the end customer should have chosen, so that new devices are "
        "there before the old ones go.",
    )
    waas_end_announced_on = fields.Date(
        string="End Announced On", readonly=True, copy=False
    )
    waas_end_choice = fields.Selection(
        selection=[
            ("extend", "Extend"),
            ("follow_on", "Follow-on Contract"),
            ("return", "Return"),
        ],
        string="Choice for the End",
        readonly=True,
        copy=False,
        tracking=True,
        help="What the end customer wants when the term ends.",
    )
    waas_predecessor_id = fields.Many2one(
        related="waas_order_id.waas_predecessor_id",
        string="Follows On",
        groups="also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
        "account.group_account_invoice",
    )

    # === COMPUTE METHODS ===#

    @api.depends("date_end", "waas_state", "company_id.waas_end_notice_days")
    def _compute_waas_notice_date(self):
        for contract in self:
            company, end = contract.company_id, contract.date_end
            is_waas = end and contract.waas_state in ("awaiting", "running")
            contract.waas_notice_date = is_waas and fields.Date.subtract(
                end, days=company.waas_end_notice_days
            )
            contract.waas_decision_date = is_waas and fields.Date.subtract(
                end, days=company.waas_end_notice_days // 2
            )

    # === ACTIONS ===#

    def action_waas_choose_return(self):
        """Note that the end customer will return the devices when the term ends."""
        self._waas_choose("return")
        return True

    def action_waas_choose_follow_on(self):
        """Make the quotation of a new contract that takes this one's place."""
        self.ensure_one()
        self._waas_choose("follow_on")
        return self._waas_make_follow_on()._get_records_action()

    def _waas_choose(self, choice):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(self.env._("Only WaaS users note what a customer chose."))
        if self.waas_state not in ("running", "ended"):
            raise UserError(
                self.env._(
                    "%(contract)s has not started: there is no end to choose for.",
                    contract=self.name,
                )
            )
        contract_sudo = self.sudo()  # checked above; a system field
        contract_sudo.waas_end_choice = choice
        labels = dict(self._fields["waas_end_choice"]._description_selection(self.env))
        contract_sudo._waas_tell(
            self.env._("The end customer chose: %(choice)s.", choice=labels[choice])
        )
        contract_sudo._waas_todo_drop("term_end")

    def _waas_make_follow_on(self):
        """The same again as a new quotation, at the prices of today (R1)."""
        self.ensure_one()
        order = self.waas_order_id.copy({"origin": self.name})
        order.sudo().waas_predecessor_id = self  # who may copy it, may make this one
        if self.waas_change_ids.filtered(
            lambda change: change.state == "applied"
            and change.kind in ("upgrade", "seats")
        ):
            order.message_post(
                body=self.env._(
                    "%(contract)s was changed since it was signed: add the upgrades "
                    "and workplaces that came later.",
                    contract=self.name,
                )
            )
        return order

    # === SCHEDULED ===#

    @api.model
    def _cron_waas_announce_end(self):
        """Announce each end once; an extension moves it, and it is announced again."""
        quiet = Domain("waas_state", "=", "running") & Domain(
            "waas_end_announced_on", "=", False
        )
        for (company,) in self._read_group(quiet, ["company_id"]):
            today = company._waas_today()
            last = fields.Date.add(today, days=company.waas_end_notice_days)
            work_isolating(
                self.search(
                    quiet
                    & Domain("company_id", "=", company.id)
                    & Domain("date_end", "<=", last)
                ),
                lambda contracts, today=today: contracts._waas_announce_end(today),
                lambda contract, error: contract._waas_todo(
                    "term_end_failed",
                    contract._waas_get_responsible(),
                    note=str(error),
                ),
            )

    def _waas_announce_end(self, today):
        for contract in self:
            contract.waas_end_announced_on = today
            contract._waas_todo_drop("term_end_failed")
            contract._waas_schedule_end()
            contract._waas_mail_end()

    def _waas_schedule_end(self):
        """A task for the back office."""
        self.ensure_one()
        self._waas_todo(
            "term_end",
            self._waas_get_responsible(),
            deadline=max(self.waas_decision_date, self.company_id._waas_today()),
            summary=lambda env: env._(
                "The term ends on %(date)s: extend, follow-on contract or return?",
                date=format_date(env, self.date_end),
            ),
        )

    def _waas_mail_end(self):
        """Ask the end customer, and notify the partner, who helps to choose."""
        template = self.env.ref("also_waas.mail_template_contract_end")
        for party in self.partner_id | self.waas_reseller_id:
            template._waas_queue_or_ask(
                self,
                party,
                self._waas_get_responsible(),
                party_name=party.name,
                is_reseller=party != self.partner_id,
            )

    def _waas_end_moved(self):
        """The contract ends later: announce the new end in its time."""
        self.write({"waas_end_announced_on": False, "waas_end_choice": False})
        self._waas_todo_drop("term_end")
