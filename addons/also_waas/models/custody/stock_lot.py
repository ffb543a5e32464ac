"""The chain of custody of a device (R15)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...batches import log_failure, work_in_batches
from .waas_custody_entry import SEALED_FIELDS

CHAIN_FIELDS = frozenset(
    ("waas_custody_length", "waas_custody_head", "waas_custody_checked_on")
)
LOTS_PER_CHECK = 500


class StockLot(models.Model):
    _inherit = "stock.lot"

    waas_custody_ids = fields.One2many(
        comodel_name="waas.custody.entry",
        inverse_name="lot_id",
        string="Chain of Custody",
        readonly=True,
    )
    # The end of the chain is kept with the device: no cut goes unnoticed, and
    # two transactions that add to it at once meet here, so that the later starts over.
    waas_custody_length = fields.Integer(
        string="Custody Entries", readonly=True, copy=False
    )
    waas_custody_head = fields.Char(
        string="Last Fingerprint", readonly=True, copy=False
    )
    waas_custody_checked_on = fields.Date(
        string="Custody Checked On", readonly=True, copy=False
    )

    # === CRUD METHODS ===#

    @api.model
    def _waas_refuse_system_fields(self, names):
        if names & CHAIN_FIELDS:
            raise AccessError(
                self.env._(
                    "The entries of the chain of custody are created automatically."
                )
            )
        return super()._waas_refuse_system_fields(names)

    # === ACTIONS ===#

    def action_waas_verify_custody(self):
        """Check the chain of custody and say what was found."""
        self.check_access("read")
        problems = self._waas_get_custody_problems()
        if problems:
            raise UserError("\n".join(problems.values()))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s entries, each follows the one before.",
                    count=sum(self.mapped("waas_custody_length")),
                ),
            },
        }

    # === BUSINESS METHODS ===#

    @api.private
    def _waas_log(
        self, event, document=None, party=None, location=None, note=None, company=None
    ):
        """Add what happened to the chain of custody of each device.

        :param str event: see ``waas.custody.entry``
        :param document: the record with the details
        :param party: ``res.partner`` who gave or got the devices
        :param location: ``stock.location`` where the devices are now
        :param company: ``res.company`` that moved them; else whose they are
        """
        what = self._waas_describe(event, document, party, location, note, company)
        self._waas_log_each([(device, what) for device in self])

    @api.model
    def _waas_describe(
        self, event, document=None, party=None, location=None, note=None, company=None
    ):
        """The content of an entry; parameters as of :meth:`_waas_log`."""
        return {
            "date": fields.Datetime.now().replace(microsecond=0),
            "event": event,
            "party": party.display_name if party else False,
            "location": location.display_name if location else False,
            "reference": document.display_name if document else False,
            "res_model": document._name if document else False,
            "res_id": document.id if document else False,
            "note": note or False,
            "author": self.env.user.name,
            "company_id": company.id if company else False,
        }

    @api.model
    @api.private
    def _waas_log_each(self, entries):
        """Add entries to the chains of custody.

        :param list entries: pairs of a device and what :meth:`_waas_describe` says
        """
        # Users who move a device add to its chain, and have no other right on it.
        vals_list = [
            device.sudo()._waas_seal(what)
            for device, what in entries
            if device.sudo().waas_role == "device"
        ]
        # The device first: who comes second fails there, and is repeated by Odoo.
        self.env["stock.lot"].flush_model(["waas_custody_length"])
        self.env["waas.custody.entry"].sudo().create(vals_list)

    def _waas_get_owner(self):
        """Of a device that left all places, the one that had it last."""
        owner = super()._waas_get_owner()
        # In whose company it was kept before.
        return owner or self.sudo().waas_custody_ids[:1].company_id.with_env(self.env)

    def _waas_seal(self, what):
        """Values of the next entry; the device notes it as its last."""
        self.ensure_one()
        entries = self.env["waas.custody.entry"]
        sealed = {
            **what,
            "sequence": self.waas_custody_length + 1,
            "serial": self.name,
            "previous_hash": self.waas_custody_head,
        }
        fingerprint = entries._get_fingerprint(sealed)
        self.write(
            {
                "waas_custody_length": sealed["sequence"],
                "waas_custody_head": fingerprint,
            }
        )
        return {
            **{name: sealed[name] for name in SEALED_FIELDS},
            "lot_id": self.id,
            "company_id": what["company_id"]
            or (self._waas_get_owner() or self.env.company).id,
            "entry_hash": fingerprint,
        }

    def _waas_get_custody_problems(self):
        """What is wrong with the chains of custody.

        :return: dict of a sentence for each ``stock.lot`` with a broken one
        """
        # Users who see the device may know whether its history is valid.
        lots_sudo = self.sudo()
        entries = self.env["waas.custody.entry"].sudo()
        by_lot = entries.search([("lot_id", "in", self.ids)]).grouped("lot_id")
        found = {
            lot: by_lot.get(lot, entries)._get_chain_problem(
                lot.waas_custody_length, lot.waas_custody_head
            )
            for lot in lots_sudo
        }
        return {
            lot: self.env._(
                "%(device)s: the chain of custody was tampered with. %(problem)s "
                "Compare it with a backup and inform your auditor.",
                device=lot.display_name,
                problem=problem,
            )
            for lot, problem in found.items()
            if problem
        }

    @api.model
    def _cron_waas_verify_custody(self):
        """Check every chain once a day, some hundred devices at a time."""
        today = self.env.company._waas_today()
        domain = [
            ("waas_custody_length", ">", 0),
            "|",
            ("waas_custody_checked_on", "=", False),
            ("waas_custody_checked_on", "<", today),
        ]
        work_in_batches(
            self.search(domain, order="id"),
            LOTS_PER_CHECK,
            lambda lots: lots._waas_check_custody(today),
            fail=log_failure,
        )

    def _waas_check_custody(self, today):
        """Check the chains of some devices, and note the day."""
        self._waas_report_custody_problems()
        self.write({"waas_custody_checked_on": today})

    def _waas_report_custody_problems(self):
        """Leave a to-do with each device whose chain is broken."""
        for lot, problem in self._waas_get_custody_problems().items():
            lot._waas_todo("custody", note=problem, company=lot._waas_get_owner())
