from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ... import batches

# So many contracts or licenses are compared in one transaction.
BATCH = 500


def _compare_together(records, compare):
    compare(records)


def _compare_in_batches(records, compare):
    """For the scheduler: each batch is committed, and a record that fails is left."""
    batches.work_in_batches(records, BATCH, compare, batches.log_failure)


class WaasLicenseCheck(models.Model):
    """A difference between contract, marketplace and invoice, in seats and in money per
    month (R9). A daily check finds differences, and marks those that are resolved."""

    _name = "waas.license.check"
    _description = "WaaS License Difference"
    _inherit = ["waas.guarded.mixin"]
    _order = "state, found_on desc, id desc"
    _rec_names_search = ["license_id", "contract_id", "external_id"]
    _check_company_auto = True

    key = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    kind = fields.Selection(
        selection=[
            ("missing", "Not in the Marketplace"),
            ("seats", "Other Number of Seats"),
            ("sku", "SKU Mismatch"),
            ("unknown", "Unknown Subscription"),
            ("invoice", "Invoice Mismatch"),
        ],
        required=True,
        readonly=True,
    )
    license_id = fields.Many2one(
        comodel_name="waas.license",
        string="Contract License",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="contract_id.partner_id",
        string="End Customer",
        store=True,
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="License Product",
        readonly=True,
        check_company=True,
        index="btree_not_null",
    )
    external_id = fields.Char(string="Subscription", readonly=True)
    revision = fields.Integer(readonly=True, aggregator=None)
    # === Difference ===
    contract_seats = fields.Integer(readonly=True)
    marketplace_seats = fields.Integer(readonly=True)
    invoiced_seats = fields.Integer(readonly=True)
    seats = fields.Integer(
        string="Difference (seats)",
        readonly=True,
        help="Above zero: more than the contract says.",
    )
    amount = fields.Monetary(
        string="Difference per Month",
        readonly=True,
        help="What these seats cost your company at the marketplace, or were invoiced "
        "too much "
        "(below zero: too little), each month without VAT.",
    )
    responsible = fields.Selection(
        selection=[
            ("manager", "WaaS Manager"),
            ("accountant", "Accountant"),
            ("marketplace", "Marketplace"),
        ],
        string="Who Must Act",
        readonly=True,
    )
    proposal = fields.Char(string="What to Do", readonly=True)
    state = fields.Selection(
        selection=[("open", "Open"), ("resolved", "Resolved")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    found_on = fields.Date(readonly=True)
    checked_on = fields.Datetime(string="Last Seen", readonly=True)
    resolved_on = fields.Date(readonly=True)

    _unique_open = models.UniqueIndex(
        "(company_id, key) WHERE state = 'open'", "This difference is on the list."
    )

    # === COMPUTE METHODS ===#

    @api.depends("kind", "license_id", "external_id", "contract_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for check in self:
            about = check.license_id or check.contract_id
            check.display_name = (
                f"{kinds.get(check.kind)}: {about.display_name or check.external_id}"
            )

    # === ACTIONS ===#

    def action_fix(self):
        """Do what is proposed: request from the marketplace what the contract says, or
        cancel a subscription without contract."""
        for check in self:
            check.check_access("read")
            self.env["waas.marketplace"]._ensure_manager()
            if check.state != "open" or check.responsible != "manager":
                raise UserError(
                    self.env._(
                        "%(check)s: there is nothing to send. %(proposal)s",
                        check=check.display_name,
                        proposal=check.proposal or "",
                    )
                )
            check.sudo()._fix()  # checked above
        return True

    def action_view_contract(self):
        """Open the contract of these seats."""
        self.ensure_one()
        return self.contract_id._get_records_action()

    def action_view_license(self):
        """Open the license."""
        self.ensure_one()
        return self.license_id._get_records_action()

    def _fix(self):
        if self.kind == "unknown":
            self._cancel_unknown()
        else:
            self.license_id._ensure_can_ask_again()
            self.license_id._ask()
        self.write(
            {
                "responsible": "marketplace",
                "proposal": self.env._("Requested; the next check shows the result."),
            }
        )

    def _cancel_unknown(self):
        self.env["waas.marketplace.message"]._enqueue(
            self.env["waas.marketplace"]._get_for(self.company_id),
            "cancel",
            {"seats": 0, "revision": self.revision + 1},
            external_id=self.external_id,
        )

    # === DAILY CHECK ===#

    @api.model
    def _cron_check(self):
        """Compare every company that has licenses, each in its own transaction."""
        cron = self.env["ir.cron"]
        # Each company begins a transaction: commit what was done before.
        cron._commit_progress()
        rented = self.env["waas.license"]._read_group([], ["company_id"])
        connected = self.env["waas.marketplace"]._read_group([], ["company_id"])
        for company in self.env["res.company"].union(
            *(company for (company,) in rented + connected)
        ):
            # Read what others write meanwhile, without conflicts.
            batches.begin_transaction(self.env.cr)
            self._check_company_now(company, _compare_in_batches)
            cron._commit_progress(1)

    @api.model
    def _check_company_now(self, company, compare_all=_compare_together):
        """Compare contracts, marketplace and invoices of a company.

        Where the marketplace does not answer, its differences stay as they are; those
        with the invoices are checked.

        :param compare_all: gets records and what compares them; at once, or in batches
        """
        today = company._waas_today()
        self._check_invoices(company, today, compare_all)
        if marketplace := self.env["waas.marketplace"]._get_for(company):
            self._check_marketplace(marketplace, today, compare_all)

    def _settle(self, company, domain, found, today):
        """Update a part of the list of differences with what was found.

        :param Domain domain: the part that was checked
        :param found: values of differences, each with its key
        """
        checked = (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "open")
            & domain
        )
        known = {check.key: check for check in self.search(checked)}
        common = {
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "checked_on": fields.Datetime.now(),
        }
        new = []
        for values in found:
            if check := known.pop(values["key"], None):
                check.write({**common, **values})
            else:
                new.append({**common, **values, "found_on": today})
        self.create(new)
        gone = self.browse().union(*known.values())
        gone.write({"state": "resolved", "resolved_on": today})
