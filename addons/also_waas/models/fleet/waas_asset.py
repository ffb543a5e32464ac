from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL


class WaasAsset(models.Model):
    """The accountant's view of a rented device (R13).

    From its delivery until it comes back a device is rental equipment. Its cost moves
    from the stock account to the equipment account and is depreciated in equal parts;
    what is left of it goes back. Stock, equipment and depreciation add up to the cost
    of the device at every moment.

    The stock counts a used device at full cost. So what was depreciated stays known as
    long as ALSO has the device: :meth:`_get_value_outside_stock`.
    """

    _name = "waas.asset"
    _description = "WaaS Rental Equipment"
    _inherit = ["waas.guarded.mixin"]
    _order = "id desc"
    _rec_name = "device_id"
    _check_company_auto = True

    device_id = fields.Many2one(
        comodel_name="stock.lot",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(string="Since", required=True, readonly=True)
    date_end = fields.Date(string="Until", readonly=True)
    date_disposed = fields.Date(
        string="Left On",
        readonly=True,
        help="Sold, scrapped or lost: the device is no longer in stock.",
    )
    cost = fields.Monetary(required=True, readonly=True)
    residual = fields.Monetary(string="Residual Value", required=True, readonly=True)
    months = fields.Integer(
        string="Life (months)", required=True, readonly=True, aggregator=None
    )
    depreciation_ids = fields.One2many(
        comodel_name="waas.depreciation", inverse_name="asset_id", readonly=True
    )
    depreciated_amount = fields.Monetary(
        string="Depreciated", compute="_compute_depreciated_amount", store=True
    )
    book_value = fields.Monetary(
        compute="_compute_depreciated_amount",
        store=True,
        help="In the books as rental equipment; 0 when it no longer is.",
    )
    state = fields.Selection(
        selection=[
            ("running", "At Customer"),
            ("returned", "Back in Stock"),
            ("written_off", "Written Off"),
        ],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    # === The accounts it was booked on: they stay, whatever is chosen next ===
    stock_account_id = fields.Many2one(
        comodel_name="account.account",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    equipment_account_id = fields.Many2one(
        comodel_name="account.account",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    accumulated_account_id = fields.Many2one(
        comodel_name="account.account",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Capitalised With",
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    end_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Ended With",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    _kept = models.Index(
        "(device_id) WHERE state = 'returned' AND date_disposed IS NULL"
    )
    _unique_running = models.UniqueIndex(
        "(device_id) WHERE state = 'running'",
        "This device is rental equipment already.",
    )
    _check_amounts = models.Constraint(
        "CHECK (cost >= 0 AND residual >= 0 AND residual <= cost AND months > 0)",
        "Rental equipment has a cost, a life and a residual value up to its cost.",
    )
    _check_end = models.Constraint(
        "CHECK ((state = 'running') = (date_end IS NULL))",
        "Rental equipment ends with its return or its loss.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("depreciation_ids.amount", "cost", "state")
    def _compute_depreciated_amount(self):
        sums = dict(
            self.env["waas.depreciation"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["amount:sum"]
            )
        )
        for asset in self:
            depreciated = sums.get(asset, 0.0)
            asset.depreciated_amount = depreciated
            asset.book_value = (
                asset.cost - depreciated if asset.state == "running" else 0.0
            )

    @api.depends("device_id")
    def _compute_display_name(self):
        """Accountants read the equipment, and no stock."""
        for asset in self:
            # The serial number, for users who may read the books.
            asset.display_name = asset.sudo().device_id.display_name

    # === ACTIONS ===#

    def action_view_device(self):
        """Open the device."""
        self.ensure_one()
        return self.device_id._get_records_action()

    # === DELIVERED ===#

    @api.model
    def _capitalise(self, devices, contract, date):
        """Devices became rental equipment on ``date``: one entry, from the stock
        accounts."""
        company = contract.company_id
        assets = self.create(
            [self._prepare_asset(device, contract, date) for device in devices]
        )
        balances = defaultdict(float)
        for asset in assets:
            balances[asset.equipment_account_id] += asset.cost
            balances[asset.stock_account_id] -= asset.cost
        label = self.env._("Rented out: %(contract)s", contract=contract.name)
        assets.move_id = self._post(company, date, label, balances)
        return assets

    def _prepare_asset(self, device, contract, date):
        company = contract.company_id
        product = device.product_id.with_company(company)
        cost = device._waas_get_stock_value(company)
        residual = company.currency_id.round(cost * company.waas_residual_percent / 100)
        return {
            "device_id": device.id,
            "contract_id": contract.id,
            "company_id": company.id,
            "date_start": date,
            "cost": cost,
            "residual": residual,
            "months": company.waas_depreciation_months,
            "stock_account_id": product._get_product_accounts()["stock_valuation"].id,
            "equipment_account_id": company.waas_equipment_account_id.id,
            "accumulated_account_id": company.waas_accumulated_account_id.id,
        }

    # === BACK, OR LOST ===#

    def _end(self, date, is_lost=False):
        """What is left of the devices goes back to stock; of lost ones it is a loss."""
        for company, assets in self.grouped("company_id").items():
            assets._depreciate_up_to(_get_month_before(date))
            balances = assets._get_end_balances(company, is_lost)
            label = (
                self.env._("Rental equipment lost")
                if is_lost
                else self.env._("Back from rent")
            )
            assets.write(
                {
                    "state": "written_off" if is_lost else "returned",
                    "date_end": date,
                    "date_disposed": date if is_lost else False,
                    "end_move_id": self._post(company, date, label, balances).id,
                }
            )

    def _get_end_balances(self, company, is_lost):
        balances = defaultdict(float)
        for asset in self:
            target = (
                company.waas_write_off_account_id if is_lost else asset.stock_account_id
            )
            balances[target] += asset.book_value
            balances[asset.accumulated_account_id] += asset.depreciated_amount
            balances[asset.equipment_account_id] -= asset.cost
        return balances

    # === WHAT THE STOCK COUNTS, AND OTHER ACCOUNTS HOLD ===#

    @api.model
    def _get_value_outside_stock(self, company, date=None):
        """What the stock still counts of devices and its accounts do not hold: the cost
        of equipment, and what was depreciated of devices that came back.

        :param company: ``res.company``
        :param date: a day; now by default
        :return: dict ``account.account`` -> amount
        """
        self.flush_model()
        day = fields.Date.to_date(date) if date else fields.Date.to_date("9999-12-31")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT stock_account_id,
                       SUM(CASE WHEN date_end IS NULL OR date_end > %(day)s THEN cost
                                ELSE depreciated_amount END)
                  FROM waas_asset
                 WHERE company_id = %(company)s
                   AND date_start <= %(day)s
                   AND (date_disposed IS NULL OR date_disposed > %(day)s)
                 GROUP BY stock_account_id
                """,
                day=day,
                company=company.id,
            )
        )
        accounts = self.env["account.account"]
        return {
            accounts.browse(account_id): float(amount) for account_id, amount in rows
        }


def _get_month_before(date):
    """Last day of the month before."""
    return date.replace(day=1) - relativedelta(days=1)
