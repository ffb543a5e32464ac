from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .waas_return import BACK

# A device in one of these states was, or will be, handed over.
PROVABLE = ("expected", *BACK)
# States in which a proof can be entered, also late.
PROOF_STATES = ("confirmed", "transit", "received", "closed")


class WaasReturn(models.Model):
    """A pick-up is secure when it is counted, sealed and signed on site (R15). Devices
    without that proof are received, and the return shows it."""

    _inherit = "waas.return"

    handover_ids = fields.One2many(
        comodel_name="waas.return.handover",
        inverse_name="return_id",
        string="Hand-overs",
        readonly=True,
    )
    may_hand_over = fields.Boolean(
        compute="_compute_proof",
        help="Whether devices of the pick-up wait for their hand-over to be entered.",
    )
    lacks_proof = fields.Boolean(
        string="Without Proof of the Pick-up",
        compute="_compute_proof",
        search="_search_lacks_proof",
        help="Devices came back, and their count, seals and signatures are not "
        "entered yet.",
    )

    # === COMPUTE METHODS ===#

    @api.depends(
        "method",
        "state",
        "confirmed_on",
        "line_ids.state",
        "line_ids.is_extra",
        "line_ids.handover_id",
    )
    def _compute_proof(self):
        for record in self:
            lines = record._get_unproved_lines()
            record.may_hand_over = bool(lines) and record.state in PROOF_STATES
            record.lacks_proof = any(line.state in BACK for line in lines)

    @api.depends("handover_ids")
    def _compute_is_coming_back(self):
        """What was signed for at the pick-up is in transit."""
        result = super()._compute_is_coming_back()
        self.filtered("handover_ids").is_coming_back = True
        return result

    @api.model
    def _search_lacks_proof(self, operator, value):
        if operator != "in":
            return NotImplemented
        line = (
            Domain("state", "in", BACK)
            & Domain("is_extra", "=", False)
            & Domain("handover_id", "=", False)
        )
        lacking = (
            Domain("method", "=", "pickup")
            & Domain("confirmed_on", "!=", False)
            & Domain("line_ids", "any", line)
        )
        return lacking if True in value else ~lacking

    # === ACTIONS ===#

    def action_hand_over(self):
        """The devices left the customer: of a pick-up, open the window that asks what
        was counted, sealed and signed."""
        if all(record.method == "self" for record in self):
            return super().action_hand_over()
        self.ensure_one()
        self._ensure_state(*PROOF_STATES)
        if not self._get_unproved_lines():
            raise UserError(self._describe_proved())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "waas.return.collect",
            "view_mode": "form",
            "target": "new",
            "context": {"default_return_id": self.id},
        }

    # === BUSINESS METHODS ===#

    def _get_unproved_lines(self):
        """The devices of a pick-up without a proof of their hand-over. What came
        unannounced was not counted on."""
        self.ensure_one()
        if self.method != "pickup" or not self.confirmed_on:
            return self.line_ids.browse()
        return self.line_ids.filtered(
            lambda line: line.state in PROVABLE
            and not line.is_extra
            and not line.handover_id
        )

    def _get_unproved_sites(self):
        """:return: dict of ``waas.return.line`` by address, see :meth:`_get_sites`"""
        return self._get_sites(self._get_unproved_lines())

    def _describe_proved(self):
        return self.env._(
            "The hand-over of every device of %(return)s is entered already.",
            **{"return": self.name},
        )

    @api.private
    def _collect(self, address, values):
        """Record the hand-over at one address.

        :param address: ``res.partner``, one of :meth:`_get_unproved_sites`
        :param dict values: ``collected_on``, ``counted``, ``seals``,
            ``handed_over_by``, ``collected_by``, ``signature``, ``document``,
            ``document_name``, ``note``
        :return: ``waas.return.handover``
        :raises UserError: when it proves nothing, as a sentence
        """
        self.ensure_one()
        self._ensure_state(*PROOF_STATES)
        # System fields of this step.
        record_sudo = self._get_allowed("stock.group_stock_user")
        record_sudo.lock_for_update(allow_referencing=True)  # one proof for each device
        lines = record_sudo._get_unproved_sites().get(address.sudo())
        if not lines:
            raise UserError(self._describe_proved())
        problem = self._get_collect_problem(values) or record_sudo._get_day_problem(
            lines, values["collected_on"]
        )
        if problem:
            raise UserError(problem)
        handover = record_sudo.env["waas.return.handover"].create(
            {
                **values,
                "return_id": self.id,
                "address_id": address.id,
                "expected_count": len(lines),
            }
        )
        lines.handover_id = handover
        record_sudo._note_collected(handover)
        return handover.with_env(self.env)

    @api.model
    def _get_collect_problem(self, values):
        """Why these values are no proof of a hand-over, as a sentence, or False."""
        if (values.get("counted") or 0) <= 0:
            return self.env._(
                "Count the devices and enter how many are handed over. If there is "
                "none, agree another pick-up or cancel the return."
            )
        if not (values.get("handed_over_by") and values.get("collected_by")):
            return self.env._(
                "Enter who handed the devices over, and who took them for the "
                "processor."
            )
        collected_on = values.get("collected_on")
        if not collected_on or collected_on > fields.Datetime.now():
            return self.env._("Enter when the devices were picked up: now or before.")
        if values.get("note"):
            return False
        if not any(char.isalnum() for char in values.get("seals") or ""):
            return self.env._(
                "Enter the numbers of the seals. If nothing was sealed, enter why "
                "under Remark."
            )
        if not values.get("signature") and not values.get("document"):
            return self.env._(
                "Have it signed here, or attach the signed slip. Without a "
                "signature, enter why under Remark."
            )
        return False

    def _get_day_problem(self, lines, collected_on):
        """Why these devices were not picked up on that day, as a sentence, or False."""
        get_day = self.company_id._waas_get_day
        day, ordered = get_day(collected_on), get_day(self.confirmed_on)
        if day < ordered:
            return self.env._(
                "This pick-up was ordered on %(date)s: enter when the devices were "
                "picked up, then or later.",
                date=format_date(self.env, ordered),
            )
        received = [get_day(line.received_on) for line in lines if line.received_on]
        if received and day > min(received):
            return self.env._(
                "Devices of this pick-up were received on %(date)s: enter when they "
                "were picked up, then or before.",
                date=format_date(self.env, min(received)),
            )
        return False

    def _cancel(self):
        """A return that was signed for is in transit: the warehouse expects it."""
        if self.handover_ids:
            raise UserError(
                self.env._(
                    "Devices of %(return)s were handed over: receive them, or report "
                    "them missing.",
                    **{"return": self.name},
                )
            )
        return super()._cancel()

    def _note_collected(self, handover):
        """What follows from a hand-over."""
        if self.state == "confirmed":
            self.write({"state": "transit", "handed_over_on": handover.collected_on})
        handover.line_ids.device_id._waas_log(
            "picked_up",
            document=self,
            party=self.processor_id,
            note=handover._describe(),
        )
        if not self._get_unproved_lines():
            self._waas_todo_done("return_proof")
        self._report_count(handover)
        self._tell_incomplete(handover)

    def _report_count(self, handover):
        """Leave a to-do when the number differs from the announcement."""
        if handover.counted == handover.expected_count:
            return
        self._remind(
            "return_count",
            lambda env: env._(
                "%(counted)s devices were counted at %(address)s, and %(expected)s "
                "were expected: ask the processor, and the person who handed them "
                "over.",
                counted=handover.counted,
                expected=handover.expected_count,
                address=handover.address_id.display_name or "?",
            ),
            add=True,
        )

    def _tell_incomplete(self, handover):
        is_signed = handover.signature or handover.document
        if handover.seals and is_signed:
            return
        self._remind(
            "return_proof",
            lambda env: env._(
                "The devices picked up at %(address)s are not sealed or not signed "
                "for: read the remark of the hand-over, and look into it.",
                address=handover.address_id.display_name or "?",
            ),
            add=True,
        )

    def _report_unproved(self):
        """Leave a to-do when devices were received without a proof of their
        hand-over."""
        for record in self:
            if record.lacks_proof:
                record._remind(
                    "return_proof",
                    lambda env: env._(
                        "Devices came without the proof of their pick-up: ask the "
                        "processor for the count, the seals and the signature, and "
                        "enter them with Hand Over."
                    ),
                )

    # === THE SEAL ===#

    def _describe_proof(self):
        """What the warehouse compares the devices with; empty when nothing is to be
        compared."""
        self.ensure_one()
        if self.method != "pickup" or not self.confirmed_on:
            return ""
        said = [handover._describe_for_receiver() for handover in self.handover_ids]
        if self._get_unproved_lines():
            said.append(
                self.env._(
                    "The proof of the pick-up is missing: enter the count, the "
                    "seals and the signatures of the devices."
                )
                if not said
                else self.env._("Devices of other sites have no proof yet.")
            )
        return "\n".join(said)

    @api.private
    def _note_seal(self, what):
        """Record a finding for a seal that differs from the hand-over.

        :param str what: what was found
        """
        self.ensure_one()
        if not (what or "").strip():
            raise UserError(self.env._("Enter what is wrong with the seal."))
        # Users who receive cannot create findings.
        record_sudo = self._get_allowed("stock.group_stock_user")
        seals = ", ".join(filter(None, record_sudo.handover_ids.mapped("seals")))
        finding = record_sudo.env["waas.return.finding"].create(
            {
                "return_id": self.id,
                "company_id": self.company_id.id,
                "serial": seals or self.env._("no seal"),
                "kind": "seal",
                "found": what.strip(),
            }
        )
        record_sudo._remind(
            "return_seal",
            lambda env: env._(
                "Seals %(seals)s: %(found)s Look into it, then settle it under "
                "Unidentified Devices.",
                seals=finding.serial,
                found=finding.found,
            ),
            add=True,
        )
        return finding.with_env(self.env)
