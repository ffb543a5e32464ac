from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...marketplace_client import MarketplaceClient
from ...simpleapi.client import get_url_problem
from ...simpleapi.outcomes import MarketplaceError, MarketplaceMisconfigured

# After so many consecutive failures, all messages pause together.
FAILURES_TO_PAUSE = 5
MIN_PAUSE_MINUTES = 1
MAX_PAUSE_MINUTES = 60
# Write access to these could redirect or forge messages.
SECRET_FIELDS = (
    "base_url",
    "api_key",
    "notify_secret",
    "username",
    "password",
    "company_id",
)


class WaasMarketplace(models.Model):
    """The account of a company at the ALSO Cloud Marketplace: its address, its
    credentials, and the status of the connection (R9)."""

    _name = "waas.marketplace"
    _description = "WaaS Marketplace"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "waas.guarded.mixin",
        "waas.readable.mixin",
    ]
    _order = "company_id, id"
    _check_company_auto = True

    name = fields.Char(required=True, default="ALSO Cloud Marketplace")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    base_url = fields.Char(
        string="Address",
        required=True,
        tracking=True,
        help="Begins with https://. Only administrators change it: the key is sent "
        "there.",
    )
    api_key = fields.Char(
        string="API Key",
        copy=False,
        groups="base.group_system",
        help="Shown to administrators only, and never logged.",
    )
    notify_secret = fields.Char(
        string="Notification Secret",
        copy=False,
        groups="base.group_system",
        help="The marketplace signs its notifications with it. Without one, none is "
        "accepted.",
    )
    timeout = fields.Float(
        string="Timeout (seconds)",
        default=20.0,
        required=True,
        help="How long one answer may take. What took longer is asked again, which "
        "does no harm.",
    )
    max_failures = fields.Integer(
        string="Tries",
        default=15,
        required=True,
        help="After this many failures a message waits for a user. The pauses "
        "between tries grow: 15 tries take about two days.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Failure Recipient",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        help="Gets a to-do for each message that failed permanently, and when the "
        "credentials do not work.",
    )
    # === Connection status ===
    failures = fields.Integer(string="Failures in a Row", readonly=True, copy=False)
    paused_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Nothing is sent before; then one message tries whether it is back.",
    )
    problem = fields.Char(string="Last Problem", readonly=True, copy=False)

    _unique_company = models.UniqueIndex(
        "(company_id) WHERE active", "This company has its marketplace already."
    )
    _check_numbers = models.Constraint(
        "CHECK (timeout > 0 AND timeout <= 120 AND max_failures > 0)",
        "A timeout is above 0 and up to 120 seconds, and there is at least one try.",
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains("base_url")
    def _check_base_url(self):
        for marketplace in self:
            if problem := get_url_problem(marketplace.base_url):
                raise ValidationError(problem)

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        self._ensure_administrator()
        marketplaces = super().create(vals_list)
        marketplaces._wake()
        return marketplaces

    def write(self, vals):
        if not self.env.su and not vals.keys().isdisjoint(SECRET_FIELDS):
            self._ensure_administrator()
        result = super().write(vals)
        if not vals.keys().isdisjoint(("active", "base_url", "api_key")):
            self._resume()
        return result

    def _ensure_administrator(self):
        if not self.env.su and not self.env.is_system():
            raise AccessError(
                self.env._(
                    "Only administrators enter the address of the marketplace and "
                    "its key: ask one of them."
                )
            )

    # === ACTIONS ===#

    def action_test(self):
        """Test whether address and key are correct."""
        self.ensure_one()
        self.check_access("write")
        marketplace_sudo = self.sudo()  # users cannot read the key
        try:
            with marketplace_sudo._get_client() as client:
                client.ping()
        except MarketplaceError as error:
            return self._notify(str(error), "danger")
        if marketplace_sudo.problem:
            marketplace_sudo._resume()
        return self._notify(
            self.env._("%(name)s answers: address and key are right.", name=self.name),
            "success",
        )

    def action_resume(self):
        """Retry now, without waiting for the end of the pause."""
        self.check_access("write")
        self.sudo()._resume()  # checked above; users cannot edit the pause
        return True

    def action_view_messages(self):
        """Open the messages between this company and the marketplace."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_marketplace_message_action"
            ),
            "domain": [("marketplace_id", "=", self.id)],
        }

    def _notify(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": kind, "sticky": kind == "danger"},
        }

    # === BUSINESS METHODS ===#

    @api.model
    def _get_for(self, company):
        """The marketplace of a company, empty when it has none."""
        return self.search([("company_id", "=", company.id)], limit=1)

    def _get_client(self):
        """Hook: the client of the marketplace. Another protocol is another class with
        the methods of ``MarketplaceClient``.

        :raises MarketplaceMisconfigured: when there is no key
        """
        self.ensure_one()
        if not self.api_key:
            raise MarketplaceMisconfigured(
                self.env._(
                    "There is no API key: an administrator enters it under WaaS > "
                    "Configuration > Marketplace."
                )
            )
        return MarketplaceClient(self.base_url, self.api_key, self.timeout)

    def _wake(self):
        """Trigger the worker, which looks for messages to send."""
        self.env.ref("also_waas.ir_cron_waas_marketplace")._trigger()

    # === CONNECTION STATUS ===#

    def _note_success(self):
        if self.failures or self.paused_until or self.problem:
            self._resume()

    def _resume(self):
        # The system notes it after a request.
        self.sudo().write({"failures": 0, "paused_until": False, "problem": False})
        self._waas_todo_drop("marketplace_closed")
        self._wake()

    def _note_busy(self, error):
        """The marketplace is down or slow: after some failures in a row all messages
        wait.

        :param error: ``MarketplaceBusy``
        """
        values = {"failures": self.failures + 1, "problem": str(error)}
        pause = self._get_pause(values["failures"], error.retry_after)
        if pause:
            values["paused_until"] = fields.Datetime.now() + pause
        self.write(values)

    def _get_pause(self, failures, retry_after):
        """The length of the pause: longer after each failure, and as long as the
        marketplace asks for, within limits."""
        if retry_after is not None:
            return min(
                timedelta(seconds=retry_after), timedelta(minutes=MAX_PAUSE_MINUTES)
            )
        if failures < FAILURES_TO_PAUSE:
            return timedelta()
        growth = 2 ** min(failures - FAILURES_TO_PAUSE, 10)
        return timedelta(minutes=min(MIN_PAUSE_MINUTES * growth, MAX_PAUSE_MINUTES))

    def _note_misconfigured(self, error):
        """No request works until it is fixed: pause for long, and notify."""
        self.write(
            {
                "problem": str(error),
                "paused_until": fields.Datetime.now()
                + timedelta(minutes=MAX_PAUSE_MINUTES),
            }
        )
        self._waas_todo("marketplace_closed", self.user_id, note=str(error))

    def _ensure_manager(self):
        if not self.env.su and not self.env.user.has_group(
            "also_waas.group_waas_manager"
        ):
            raise UserError(
                self.env._("Only WaaS managers send to the marketplace manually.")
            )
