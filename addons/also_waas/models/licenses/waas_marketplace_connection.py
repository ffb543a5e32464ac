from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...simpleapi.accounts import read_own_account
from ...simpleapi.client import SimpleApiClient
from ...simpleapi.outcomes import MarketplaceError, MarketplaceMisconfigured
from ...simpleapi.probe import probe, write_report
from ...simpleapi.profile import get_service_url
from .waas_marketplace_session import Sessions


class WaasMarketplace(models.Model):
    """The connection to a marketplace that speaks ALSO's SimpleAPI: who logs in, as
    which account, and what we assume of it (R9)."""

    _inherit = "waas.marketplace"

    username = fields.Char(
        string="API User",
        copy=False,
        groups="base.group_system",
        help="A user of its own, without second factor, that ALSO enabled for the API.",
    )
    password = fields.Char(
        string="API Password",
        copy=False,
        exportable=False,
        groups="base.group_system",
        help="Shown to administrators only, and never logged.",
    )
    reseller_account = fields.Char(
        string="Own Account",
        readonly=True,
        copy=False,
        help="The account under which end customers are. Testing the connection reads "
        "it.",
    )
    reseller_name = fields.Char(string="Own Name There", readonly=True, copy=False)
    market_account = fields.Char(
        string="Marketplace Number",
        copy=False,
        help="Which of your marketplaces sells the licenses. Testing the connection "
        "fills it in where there is only one.",
    )
    assumption_ids = fields.One2many(
        comodel_name="waas.marketplace.assumption",
        inverse_name="marketplace_id",
        string="Assumptions",
    )
    probe_report = fields.Text(
        readonly=True,
        copy=False,
        help="Names and types of what the marketplace answers, without values: it can "
        "be sent to whoever compares it with the description of the interface.",
    )
    probed_on = fields.Datetime(readonly=True, copy=False)

    # === CONSTRAINT METHODS ===#

    @api.constrains("market_account")
    def _check_market_account(self):
        for marketplace in self:
            number = marketplace.market_account or "0"
            if not (number.isascii() and number.isdigit() and len(number) < 18):
                raise ValidationError(
                    self.env._(
                        "%(number)s is not the number of a marketplace: these have "
                        "digits only.",
                        number=number,
                    )
                )

    # === CRUD METHODS ===#

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("base_url", "username", "password")):
            self._forget_sessions()
        return result

    def _forget_sessions(self):
        """The next call logs in anew, also after failed logins."""
        sessions_sudo = self.env["waas.marketplace.session"].sudo()  # nobody reads them
        sessions_sudo.search([("marketplace_id", "in", self.ids)]).write(
            {"token": False, "failed_logins": 0}
        )

    # === ACTIONS ===#

    def action_test(self):
        """Log in, and show as whom."""
        marketplace_sudo = self.sudo()  # whether there is a user, not which one
        if not marketplace_sudo.username:
            return super().action_test()
        self.check_access("write")
        try:
            with marketplace_sudo._connect() as client:
                # Whoever tests corrected what made logins fail.
                client.forget_session()
                account = read_own_account(client)
        except MarketplaceError as error:
            return self._notify(str(error), "danger")
        marketplace_sudo._note_own_account(account)
        if marketplace_sudo.problem:
            marketplace_sudo._resume()
        return self._notify(
            self.env._(
                "%(name)s answers: you are %(account)s (%(number)s).",
                name=self.name,
                account=account.name,
                number=account.account_id,
            ),
            "success",
        )

    def _note_own_account(self, account):
        self.write(
            {
                "reseller_account": str(account.account_id),
                "reseller_name": account.name,
            }
        )
        if len(account.marketplaces) == 1 and not self.market_account:
            self.market_account = str(account.marketplaces[0])

    def action_probe(self):
        """Read one of everything, and keep names and types of the answers."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_manager()
        marketplace_sudo = self.sudo()  # checked above; users cannot read the password
        try:
            with marketplace_sudo._connect() as client:
                report = write_report(probe(client))
        except MarketplaceError as error:
            return self._notify(str(error), "danger")
        marketplace_sudo.write(
            {"probe_report": report, "probed_on": fields.Datetime.now()}
        )
        return self._notify(
            self.env._("Nothing was changed there. The report is on page Probe."),
            "success",
        )

    # === CLIENT ===#

    @contextmanager
    def _connect_for_user(self):
        """As :meth:`_connect`, behind a button.

        :raises UserError: what the marketplace says
        """
        try:
            with self._connect() as client:
                yield client
        except MarketplaceError as error:
            raise UserError(str(error)) from error

    def _connect(self):
        """:return: ``SimpleApiClient``, a context manager
        :raises MarketplaceMisconfigured: when there is no user"""
        self.ensure_one()
        if not (self.username and self.password):
            raise MarketplaceMisconfigured(
                self.env._(
                    "There is no API user: an administrator enters it under WaaS > "
                    "Configuration > Marketplace."
                )
            )
        profile = self.assumption_ids._get_profile()
        return SimpleApiClient(
            get_service_url(self.base_url),
            self.username,
            self.password,
            Sessions(self, profile.session_max_age),
            profile,
        )
