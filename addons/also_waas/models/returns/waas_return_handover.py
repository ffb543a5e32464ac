import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime

# What shows a person's signature.
SIGNED_FIELDS = ("signature", "document", "document_name")


class WaasReturnHandover(models.Model):
    """The hand-over of devices at one address (R15): counted, sealed and signed. It is
    recorded in the chain of custody of each of them."""

    _name = "waas.return.handover"
    _description = "WaaS Hand-over"
    _inherit = ["waas.guarded.mixin"]
    _order = "return_id, collected_on, id"
    _rec_name = "return_id"
    _check_company_auto = True

    return_id = fields.Many2one(
        comodel_name="waas.return",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    address_id = fields.Many2one(
        comodel_name="res.partner",
        string="Picked Up At",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    line_ids = fields.One2many(
        comodel_name="waas.return.line",
        inverse_name="handover_id",
        string="Devices",
        readonly=True,
    )
    collected_on = fields.Datetime(string="Picked Up On", required=True, readonly=True)
    expected_count = fields.Integer(
        string="Announced", readonly=True, help="How many devices were to be there."
    )
    counted = fields.Integer(readonly=True, help="How many devices were handed over.")
    seals = fields.Char(string="Seal Numbers", readonly=True)
    handed_over_by = fields.Char(
        required=True, readonly=True, help="Who gave the devices, for the customer."
    )
    collected_by = fields.Char(
        required=True, readonly=True, help="Who took them, for the processor."
    )
    signature = fields.Image(
        attachment=True, max_width=1024, max_height=1024, readonly=True
    )
    document = fields.Binary(string="Signed Slip", attachment=True, readonly=True)
    document_name = fields.Char(readonly=True)
    note = fields.Char(string="Remark", readonly=True)
    problem = fields.Char(
        compute="_compute_problem", help="What is wrong with this hand-over."
    )

    # === COMPUTE METHODS ===#

    @api.depends("counted", "expected_count", "seals", "line_ids")
    @api.depends_context("lang")
    def _compute_problem(self):
        for handover in self:
            handover.problem = (
                handover._describe_problem(
                    handover.counted, handover.expected_count, handover.seals
                )
                or False
            )

    # === CRUD METHODS ===#

    @api.model
    def _waas_refuse_system_fields(self, names):
        raise AccessError(
            self.env._(
                "A hand-over cannot be created or changed here: enter the pick-up "
                "with Hand Over on the return."
            )
        )

    # === BUSINESS METHODS ===#

    @api.model
    def _describe_problem(self, counted, expected, seals):
        """What differs from the announcement, as a text; empty when nothing does."""
        said = []
        if counted != expected:
            said.append(
                self.env._(
                    "%(counted)s devices were counted, and %(expected)s were expected.",
                    counted=counted,
                    expected=expected,
                )
            )
        if not seals:
            said.append(self.env._("Nothing was sealed."))
        return " ".join(said)

    def _get_facts(self):
        """What was counted and sealed.

        :return: list of texts
        """
        self.ensure_one()
        return [
            self.env._(
                "%(counted)s of %(expected)s devices counted",
                counted=self.counted,
                expected=self.expected_count,
            ),
            self.env._("seals %(seals)s", seals=self.seals)
            if self.seals
            else self.env._("no seal"),
        ]

    def _name_people(self):
        self.ensure_one()
        return self.env._(
            "handed over by %(giver)s to %(taker)s",
            giver=self.handed_over_by,
            taker=self.collected_by,
        )

    def _describe(self):
        """The text of the entry in the chain of custody: the facts, and the
        fingerprints of what was signed."""
        self.ensure_one()
        signed = [
            self.env._("signature SHA-256 %(hash)s", hash=_get_sha256(content))
            for content in (self.signature, self.document)
            if content
        ]
        return ", ".join(
            [
                self.env._(
                    "Picked up on %(date)s",
                    date=format_datetime(self.env, self.collected_on),
                ),
                *self._get_facts(),
                self._name_people(),
                *(signed or [self.env._("not signed")]),
                *filter(None, (self.note,)),
            ]
        )

    def _describe_for_receiver(self):
        """What the warehouse compares the devices with."""
        self.ensure_one()
        return ", ".join(
            [*self._get_facts(), format_datetime(self.env, self.collected_on)]
        )


def _get_sha256(content):
    return hashlib.sha256(base64.b64decode(content)).hexdigest()
