from odoo import api, fields, models
from odoo.exceptions import UserError

from .waas_marketplace_message import CHANGES, OPEN


class WaasLicenseCheck(models.Model):
    """A difference between contract, marketplace and invoice, in seats and in money per
    month (R9). A daily check finds them, and marks those that are gone."""

    _name = "waas.license.check"
    _description = "WaaS License Difference"
    _inherit = ["waas.guarded.mixin"]
    _order = "state, found_on desc, id desc"

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
            ("sku", "Other Article"),
            ("unknown", "Not in Any Contract"),
            ("invoice", "Invoiced Otherwise"),
        ],
        required=True,
        readonly=True,
    )
    license_id = fields.Many2one(
        comodel_name="waas.license",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        related="contract_id.partner_id", string="End Customer", store=True
    )
    product_id = fields.Many2one(
        comodel_name="product.product", string="License", readonly=True
    )
    external_id = fields.Char(string="Subscription", readonly=True)
    revision = fields.Integer(readonly=True, aggregator=None)
    # === The difference ===
    contract_seats = fields.Integer(string="Contract", readonly=True)
    marketplace_seats = fields.Integer(string="Marketplace", readonly=True)
    invoiced_seats = fields.Integer(string="Invoiced", readonly=True)
    seats = fields.Integer(
        string="Difference (seats)",
        readonly=True,
        help="Above zero: more than the contract says.",
    )
    amount = fields.Monetary(
        string="Difference per Month",
        readonly=True,
        help="What these seats cost ALSO at the marketplace, or were invoiced too much "
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
        """Do what is proposed: ask the marketplace for what the contract says, or
        cancel what is in no contract."""
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
            check.sudo()._fix()  # just checked
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
                "proposal": self.env._("Asked for; the next check tells."),
            }
        )

    def _cancel_unknown(self):
        self.env["waas.marketplace.message"]._enqueue(
            self.env["waas.marketplace"]._get_for(self.company_id),
            "cancel",
            {"seats": 0, "revision": self.revision + 1},
            external_id=self.external_id,
        )

    # === THE DAILY CHECK ===#

    @api.model
    def _cron_check(self):
        """Compare every company that has licenses, each in its own transaction."""
        cron = self.env["ir.cron"]
        # Each company begins a transaction: what came before must not go with it.
        cron._commit_progress()
        rented = self.env["waas.license"]._read_group([], ["company_id"])
        connected = self.env["waas.marketplace"]._read_group([], ["company_id"])
        for company in self.env["res.company"].union(
            *(company for (company,) in rented + connected)
        ):
            # What others write while we ask is seen, and not in the way.
            self.env["waas.marketplace.message"]._begin_transaction()
            self._check_company_now(company)
            cron._commit_progress(1)

    @api.model
    def _check_company_now(self, company):
        """Compare contracts, marketplace and invoices of a company.

        What the marketplace does not answer is not compared: differences with it stay
        as they are, those with the invoices are looked at.
        """
        today = company._waas_today()
        found = list(self._find_invoice_differences(company, today))
        kinds = ["invoice"]
        marketplace = self.env["waas.marketplace"]._get_for(company)
        if marketplace:
            licenses = self._find_licenses(company)
            known = dict(zip(licenses, licenses.mapped("known_revision"), strict=True))
            subscriptions = marketplace._fetch_subscriptions()
            # Asking takes a while: see what workers heard meanwhile.
            self.env.flush_all()
            self.env.invalidate_all()
            if subscriptions is not None:
                kinds += ["missing", "seats", "sku", "unknown"]
                found += self._find_marketplace_differences(
                    company, subscriptions, known
                )
        self._settle(company, kinds, found, today)

    def _settle(self, company, kinds, found, today):
        """Bring the list in line with what was found."""
        known = {
            check.key: check
            for check in self.search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "in", kinds),
                    ("state", "=", "open"),
                ]
            )
        }
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

    # === CONTRACT AND MARKETPLACE ===#

    def _find_licenses(self, company):
        return self.env["waas.license"].search(
            [("company_id", "=", company.id), ("channel", "=", "marketplace")]
        )

    def _find_marketplace_differences(self, company, subscriptions, known):
        """Compare each license with its subscription.

        :param subscriptions: list of ``Subscription``
        :param known: dict ``waas.license`` -> the revision known before they were
            asked for
        """
        by_id = {subscription.id: subscription for subscription in subscriptions}
        by_reference = {
            subscription.reference: subscription
            for subscription in subscriptions
            if subscription.is_active
        }
        licenses = self._find_licenses(company)
        owners = {license_.external_id: license_ for license_ in licenses}
        ours = set()
        for license_ in licenses:
            # The living one: what was cancelled may have been ordered anew.
            subscription = by_reference.get(license_.reference)
            if not subscription or owners.get(subscription.id, license_) != license_:
                subscription = by_id.get(license_.external_id)
            if subscription:
                ours.add(subscription.id)
            yield from self._compare(
                license_, subscription, known.get(license_, license_.known_revision)
            )
        for subscription in subscriptions:
            if subscription.id not in ours and subscription.seats:
                yield self._prepare_unknown(subscription)

    def _compare(self, license_, subscription, known):
        if subscription and license_.known_revision > max(known, subscription.revision):
            return  # it changed while we asked
        if subscription:
            license_._note_subscription(subscription)
        contract = license_._get_target()
        there = subscription.seats if subscription else 0
        if contract != there:
            kind = "seats" if there else "missing"
            yield self._prepare_difference(license_, kind, contract, there)
        elif there and subscription.sku != (license_.sku or ""):
            yield {
                **self._prepare_difference(license_, "sku", contract, there),
                "responsible": "marketplace",
                "proposal": self.env._(
                    "It is article %(found)s there, %(ours)s on our product: correct "
                    "one of them.",
                    found=subscription.sku,
                    ours=license_.sku or "–",
                ),
            }

    def _prepare_difference(self, license_, kind, contract, there):
        responsible, proposal = self._propose(license_, contract)
        cost = license_.unit_price or license_.product_id.standard_price
        return {
            "key": f"license:{license_.id}",
            "kind": kind,
            "license_id": license_.id,
            "contract_id": license_.contract_id.id,
            "product_id": license_.product_id.id,
            "external_id": license_.external_id,
            "contract_seats": contract,
            "marketplace_seats": there,
            "seats": there - contract,
            "amount": license_.currency_id.round((there - contract) * cost),
            "responsible": responsible,
            "proposal": proposal,
        }

    def _propose(self, license_, contract):
        """Who must act, and how."""
        waiting = license_._get_changes().filtered(
            lambda message: message.state in OPEN
        )
        if failed := waiting.filtered(lambda message: message.state == "failed"):
            return "manager", self.env._(
                "A message failed: retry it or give it up in the outbox. %(error)s",
                error=failed[0].error or "",
            )
        if waiting:
            return "marketplace", self.env._("Asked for; the answer is to come.")
        if problem := license_._get_setup_problem():
            return "manager", problem
        if not contract:
            return "manager", self.env._("Cancel the subscription.")
        return "manager", self.env._(
            "Ask the marketplace for %(seats)s seats.", seats=contract
        )

    def _prepare_unknown(self, subscription):
        product = self.env["product.product"].search(
            [("waas_marketplace_sku", "=", subscription.sku)], limit=1
        )
        cost = subscription.unit_price or product.standard_price
        asked = self.env["waas.marketplace.message"].search_count(
            [
                ("external_id", "=", subscription.id),
                ("operation", "in", CHANGES),
                ("state", "in", OPEN),
            ],
            limit=1,
        )
        return {
            "key": f"subscription:{subscription.id}",
            "kind": "unknown",
            "product_id": product.id,
            "external_id": subscription.id,
            "revision": subscription.revision,
            "marketplace_seats": subscription.seats,
            "seats": subscription.seats,
            "amount": subscription.seats * cost,
            "responsible": "marketplace" if asked else "manager",
            "proposal": self.env._("Asked for; the answer is to come.")
            if asked
            else self.env._("No contract pays for it: cancel the subscription."),
        }

    # === CONTRACT AND INVOICE ===#

    def _find_invoice_differences(self, company, today):
        """Compare the seats of each price of a contract with what this month's invoice
        says.

        Months without invoice are left to the invoice run.
        """
        groups = self._group_by_price(company)
        contracts = self.env["contract.contract"].union(*(key[0] for key in groups))
        months = self._get_invoiced_months(contracts, today)
        first_days = {month.contract_id: month.date_start for month in months}
        invoiced = self._get_invoiced(months)
        later = self._get_invoiced_later(first_days)
        for (contract, product, slot), licenses in groups.items():
            if contract not in first_days:
                continue
            price = (contract, product)
            if values := self._compare_invoice(
                licenses,
                first_days[contract],
                *invoiced.get(price, (0.0, 0.0)),
                later.get(price, 0),
            ):
                yield {"key": f"price:{contract.id}:{product.id}:{slot.id}", **values}

    def _group_by_price(self, company):
        """Licenses by the contract and the product whose price pays for them, and by
        their place in it: a bundle may hold two different licenses. More workplaces
        have a contract line of their own, and their seats come to the old license."""
        licenses = self.env["waas.license"].search(
            [
                ("company_id", "=", company.id),
                ("contract_line_id", "!=", False),
                ("contract_id.waas_state", "=", "running"),
            ]
        )
        return licenses.grouped(
            lambda license_: (
                license_.contract_id,
                license_.contract_line_id.product_id,
                license_.order_line_id.waas_slot_id,
            )
        )

    def _get_invoiced_months(self, contracts, today):
        """The months that ``today`` is in, where they have an invoice."""
        return self.env["waas.installment"].search(
            [
                ("contract_id", "in", contracts.ids),
                ("date_start", "<=", today),
                ("date_end", ">=", today),
                ("state", "in", ("invoiced", "partial", "paid")),
            ]
        )

    def _get_invoiced(self, months):
        """What was invoiced for months, less what was credited of it; without the parts
        of a month that came with a change.

        :return: dict (contract, product) -> (quantity, amount without VAT)
        """
        result = {}
        rent = [("contract_line_id.waas_installment_id", "=", False)]
        for sign, domain in (
            (
                1,
                [
                    ("waas_installment_id", "in", months.ids),
                    ("move_id", "in", months.move_id.ids),
                ],
            ),
            (
                -1,
                [
                    ("move_id.reversed_entry_id", "in", months.move_id.ids),
                    ("parent_state", "=", "posted"),
                    ("contract_line_id.contract_id", "in", months.contract_id.ids),
                ],
            ),
        ):
            for line, quantity, amount in self.env["account.move.line"]._read_group(
                [*domain, *rent],
                ["contract_line_id"],
                ["quantity:sum", "price_subtotal:sum"],
            ):
                price = (line.contract_id, line.product_id)
                before = result.get(price, (0.0, 0.0))
                result[price] = (
                    before[0] + sign * quantity,
                    before[1] + sign * amount,
                )
        return result

    def _get_invoiced_later(self, first_days):
        """What came while the month was invoiced already: it is billed apart, with a
        month to come.

        :param first_days: dict ``contract.contract`` -> first day of the month
        :return: dict (contract, product) -> quantity
        """
        result = {}
        for part in self.env["contract.line"].search(
            [
                ("contract_id", "in", [contract.id for contract in first_days]),
                ("waas_installment_id", "!=", False),
                ("is_canceled", "=", False),
            ]
        ):
            change_line = part.waas_change_line_id
            first_day = first_days[part.contract_id]
            if (
                part.product_id == change_line.product_id
                and part.date_start <= first_day <= part.date_end
            ):
                price = (part.contract_id, part.product_id)
                result[price] = result.get(price, 0) + change_line.quantity
        return result

    def _compare_invoice(self, licenses, first_day, quantity, amount, later):
        """
        :return: dict of values, None where both say the same
        """
        license_ = licenses[0]
        per_unit = license_.seats_per_unit
        contract = sum(license_._get_seats_on(first_day) for license_ in licenses)
        invoiced = round((quantity + later) * per_unit)
        if contract == invoiced:
            return None
        line = license_.contract_line_id
        price = amount / quantity if quantity else line.price_unit
        company = license_.company_id
        difference = line.contract_id.currency_id._convert(
            (invoiced - contract) / per_unit * price,
            company.currency_id,
            company,
            first_day,
        )
        return {
            "kind": "invoice",
            "license_id": license_.id,
            "contract_id": license_.contract_id.id,
            "product_id": license_.product_id.id,
            "contract_seats": contract,
            "marketplace_seats": sum(licenses.mapped("provisioned_seats")),
            "invoiced_seats": invoiced,
            "seats": invoiced - contract,
            "amount": difference,
            "responsible": "accountant",
            "proposal": self.env._(
                "The invoice of this month says %(invoiced)s seats, the contract "
                "%(contract)s: credit or invoice the difference.",
                invoiced=invoiced,
                contract=contract,
            ),
        }
