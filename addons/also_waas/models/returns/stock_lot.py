"""A device in quarantine, its erasures and its grade (R15)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...defaults import without_defaults
from .waas_return_line import WAITING

# What quarantine and grading write.
RETURN_FIELDS = frozenset(("waas_arrival_id", "waas_grade", "waas_refurbished"))
GRADES = [
    ("a", "A: as new"),
    ("b", "B: good, light traces of use"),
    ("c", "C: visible wear"),
    ("d", "D: defective"),
]


class StockLot(models.Model):
    _inherit = "stock.lot"

    waas_arrival_id = fields.Many2one(
        comodel_name="stock.move.line",
        string="Arrived in Quarantine With",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        check_company=True,
    )
    waas_erasure_ids = fields.One2many(
        comodel_name="waas.erasure",
        inverse_name="device_id",
        string="Erasures",
        readonly=True,
    )
    waas_return_line_ids = fields.One2many(
        comodel_name="waas.return.line",
        inverse_name="device_id",
        string="Returns",
        readonly=True,
    )
    waas_grade = fields.Selection(
        selection=GRADES, string="Grade", readonly=True, copy=False, tracking=True
    )
    waas_refurbished = fields.Boolean(
        string="Refurbished",
        readonly=True,
        copy=False,
        help="It was rented out before, erased, graded and put back into stock.",
    )

    # === CRUD METHODS ===#

    @api.model
    def _waas_refuse_system_fields(self, names):
        if names & RETURN_FIELDS:
            raise AccessError(
                self.env._("A device is graded with Grade Devices, once it is erased.")
            )
        return super()._waas_refuse_system_fields(names)

    # === ACTIONS ===#

    def action_waas_return(self):
        """Start the return of the devices."""
        contracts = self.waas_contract_id
        if not contracts:
            raise UserError(
                self.env._("None of these devices is with a customer, so none returns.")
            )
        contracts.check_access("read")
        returns = self.env["waas.return"]._open_for(self, "other")
        return returns._get_records_action()

    def action_waas_grade(self):
        """Open the window that grades devices and decides on their destination."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Grade Devices"),
            "res_model": "waas.device.grade",
            "view_mode": "form",
            "target": "new",
            "context": {"default_device_ids": self.ids},
        }

    # === QUARANTINE ===#

    @api.model
    @api.private
    def _waas_enter_quarantine(self, arrivals):
        """Ask for erasures, and note the arrival on returns that expect the devices.

        :param arrivals: the ``stock.move.line`` that brought them, one for each
        """
        arrivals_sudo = arrivals.sudo()  # who receives has no rights on what follows
        lots_sudo = arrivals_sudo.lot_id
        lots_sudo.write({"waas_grade": False, "waas_refurbished": False})
        for arrival in arrivals_sudo:
            arrival.lot_id.write(
                {"waas_arrival_id": arrival.id, "company_id": arrival.company_id.id}
            )
        arrival_by_line = {
            line: arrival
            for arrival in arrivals_sudo
            if (line := arrival.lot_id._waas_get_open_return_line())
        }
        lots_sudo.env["waas.erasure"]._ask_for(arrivals_sudo)
        lots_sudo.env["waas.return.line"]._note_arrivals(arrival_by_line)

    @api.private
    def _waas_leave_quarantine(self):
        """The devices were released: their stay is over."""
        # The system writes devices, users do not.
        self.sudo().write({"waas_arrival_id": False})

    def _waas_get_certificate(self):
        """The passed ``waas.erasure`` of the present stay in quarantine, as superuser:
        whether there is one decides for everybody."""
        self.ensure_one()
        lot_sudo = self.sudo()
        return lot_sudo.waas_erasure_ids.filtered(
            lambda erasure: erasure.state == "passed"
            and erasure.arrival_id == lot_sudo.waas_arrival_id
        )[:1]

    def _waas_get_elsewhere_message(self):
        return self.env._(
            "%(device)s is not in quarantine: see its history.",
            device=self.display_name,
        )

    def _waas_get_release_problem(self, target=None):
        """Why the device may not leave quarantine, as a sentence, or False (R15).

        :param target: ``stock.location`` where it would go
        """
        self.ensure_one()
        if not self.sudo().waas_arrival_id:
            return bool(target) and self._waas_get_elsewhere_message()
        if self._waas_is_lost() and (not target or target.usage == "inventory"):
            return False
        certificate_sudo = self._waas_get_certificate()
        if not certificate_sudo:
            return self.env._(
                "%(device)s leaves quarantine with a certificate only: certify the "
                "erasure of its data first, under Returns > Erasures.",
                device=self.display_name,
            )
        if (
            certificate_sudo.method == "destroy"
            and target
            and (target.usage != "inventory")
        ):
            return self.env._(
                "%(device)s was destroyed (%(certificate)s): it can be scrapped only.",
                device=self.display_name,
                certificate=certificate_sudo.name,
            )
        return False

    def _waas_is_lost(self):
        """Whether the device was lost in quarantine, and this is being recorded."""
        self.ensure_one()
        lot_sudo = self.sudo()  # it decides for everybody
        return any(
            erasure.state == "lost" and erasure.arrival_id == lot_sudo.waas_arrival_id
            for erasure in lot_sudo.waas_erasure_ids
        )

    def _waas_get_quarantine_place(self):
        """The ``stock.location`` in quarantine where the device lies."""
        self.ensure_one()
        return self.quant_ids.filtered(
            lambda quant: quant.quantity > 0 and quant.location_id.is_waas_quarantine
        ).location_id[:1]

    def _waas_is_free(self, company):
        """A device that waits for its erasure is not available (R15)."""
        return super()._waas_is_free(company) and not self.sudo().waas_arrival_id

    # === RETURN AND CLAIM ===#

    def _waas_get_open_return_line(self):
        """The line of the return that waits for the device, if there is one."""
        self.ensure_one()
        waiting = self.waas_return_line_ids.filtered(lambda line: line.state in WAITING)
        return waiting[:1]

    def _waas_get_open_returns(self):
        """The ``waas.return`` that wait for one of the devices."""
        return self.waas_return_line_ids.filtered(
            lambda line: line.state in WAITING
        ).return_id

    def _waas_get_book_value(self):
        """Hook: what the device is worth in the books, in the company's currency."""
        self.ensure_one()
        company = self._waas_get_owner()
        # A value, for a claim that the caller may make.
        cost = self.sudo().product_id.with_company(company).standard_price
        return company.currency_id.round(cost)

    def _waas_lose(self, date):
        """Hook: the devices will not come back, from ``date`` on."""

    def _waas_get_claim_value(self):
        """What a customer pays for a device that does not come back, without VAT, in
        the company's currency."""
        self.ensure_one()
        company = self._waas_get_owner()
        if company.waas_claim_basis == "list":
            # A value, for a claim that the caller may make.
            return company.currency_id.round(self.sudo().product_id.lst_price)
        return self._waas_get_book_value()

    # === GRADING ===#

    @api.private
    def _waas_dispose(self, grade, decision):
        """Grade devices in quarantine and move them to their destination.

        :param str grade: see ``GRADES``
        :param str decision: ``refurbished``, ``resale`` or ``scrap``
        :raises UserError: when one is not in quarantine or not erased
        """
        for lot in self:
            # Whether it is in quarantine is no secret.
            if not lot.sudo().waas_arrival_id:
                raise UserError(
                    self.env._(
                        "%(device)s is not in quarantine, so it is not graded.",
                        device=lot.display_name,
                    )
                )
            lot._waas_ensure_may_go(decision)
        # The system writes devices, users do not.
        self.sudo().write(
            {"waas_grade": grade, "waas_refurbished": decision == "refurbished"}
        )
        self._waas_log("graded", note=dict(GRADES)[grade])
        if decision == "scrap":
            return self._waas_scrap()
        return self._waas_release(decision)

    def _waas_ensure_may_go(self, decision):
        # The place where it came in decides where it goes.
        target = self.sudo().waas_arrival_id.company_id._waas_get_release_location(
            decision
        )
        if problem := self._waas_get_release_problem(target):
            raise UserError(problem)

    def _waas_scrap(self):
        """Write the devices off as scrap, out of quarantine."""
        # Certified; the system decides.
        scraps_sudo = without_defaults(self.env["stock.scrap"].sudo())
        for lot in self.sudo():
            scraps_sudo |= scraps_sudo.create(
                {
                    "product_id": lot.product_id.id,
                    "lot_id": lot.id,
                    "company_id": lot.waas_arrival_id.company_id.id,
                    "location_id": lot._waas_get_quarantine_place().id,
                    "origin": lot._waas_get_certificate().name,
                }
            )
        scraps_sudo.do_scrap()
        return scraps_sudo

    def _waas_release(self, decision):
        """Move the devices out of quarantine, one transfer for each company."""
        pickings_sudo = self.env["stock.picking"].sudo()  # as above
        lots_sudo = self.sudo()
        for company, lots in lots_sudo.grouped(
            lambda lot: lot.waas_arrival_id.company_id
        ).items():
            pickings_sudo |= company._waas_make_release(lots, decision)
        return pickings_sudo
