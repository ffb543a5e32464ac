from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

METHODS = [
    ("clear", "Clear: overwritten"),
    ("purge", "Purge: cryptographic or firmware erase"),
    ("destroy", "Destroy: shredded"),
    ("none", "Nothing to erase"),
]


class WaasErasure(models.Model):
    """The erasure of the data on a returned device (R15).

    There is one row for each arrival in quarantine: first the task, then its proof. A
    failed erasure is followed by a destruction, in a row of its own.
    """

    _name = "waas.erasure"
    _description = "WaaS Erasure"
    _inherit = ["waas.numbered.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    device_id = fields.Many2one(
        comodel_name="stock.lot",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    serial = fields.Char(
        string="Serial Number", readonly=True, help="As it was on that day."
    )
    product_id = fields.Many2one(related="device_id.product_id")
    holds_data = fields.Boolean(related="product_id.waas_holds_data")
    arrival_id = fields.Many2one(
        comodel_name="stock.move.line",
        string="Arrived With",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The stay in quarantine it is for: a device that is rented out and comes "
        "back again is erased again.",
        check_company=True,
    )
    return_line_id = fields.Many2one(
        comodel_name="waas.return.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    return_id = fields.Many2one(
        related="return_line_id.return_id", store=True, index="btree_not_null"
    )
    state = fields.Selection(
        selection=[
            ("todo", "To Erase"),
            ("passed", "Certified"),
            ("failed", "Failed"),
            ("lost", "Lost"),
        ],
        default="todo",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    must_destroy = fields.Boolean(
        readonly=True,
        help="Erasing failed: the device is destroyed, with proof, and scrapped.",
    )
    to_grade = fields.Boolean(
        compute="_compute_to_grade",
        compute_sudo=True,
        help="It is erased, and still waits in quarantine.",
    )
    # === Certificate ===
    processor_id = fields.Many2one(
        comodel_name="res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    processor_name = fields.Char(readonly=True)
    standard = fields.Char(
        readonly=True, help="Its name, as the processor's certificate gives it."
    )
    standard_reason = fields.Char(
        string="Reason for the Standard",
        readonly=True,
        help="Why it names a standard that was withdrawn by then.",
    )
    method = fields.Selection(selection=METHODS, readonly=True)
    date = fields.Date(string="Erased On", readonly=True, index=True)
    document = fields.Binary(
        string="Processor's Certificate", attachment=True, readonly=True
    )
    document_name = fields.Char(readonly=True)
    note = fields.Text(readonly=True)
    certificate_id = fields.Many2one(
        comodel_name="waas.certificate",
        string="Customer's Certificate",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    _unique_certified = models.UniqueIndex(
        "(arrival_id) WHERE state = 'passed'",
        "The erasure of this device is certified already.",
    )
    _unique_open = models.UniqueIndex(
        "(arrival_id) WHERE state = 'todo'",
        "This device waits for its erasure already.",
    )
    _check_certified = models.Constraint(
        "CHECK (state IN ('todo', 'lost') OR (method IS NOT NULL AND date IS NOT NULL "
        "AND (method = 'none' OR (processor_id IS NOT NULL "
        "AND standard IS NOT NULL))))",
        "An erasure names its processor, standard, method and date.",
    )
    _check_lost = models.Constraint(
        "CHECK (state != 'lost' OR note IS NOT NULL)",
        "A device that was lost is written off with a reason.",
    )
    _check_destroyed = models.Constraint(
        "CHECK (must_destroy IS NOT TRUE OR state != 'passed' OR method = 'destroy')",
        "Erasing this device failed: only its destruction can be certified.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("state", "arrival_id", "device_id.waas_arrival_id")
    def _compute_to_grade(self):
        for erasure in self:
            erasure.to_grade = (
                erasure.state == "passed"
                and erasure.device_id.waas_arrival_id == erasure.arrival_id
            )

    # === CRUD METHODS ===#

    def write(self, vals):
        """A result cannot be changed; only its certificate is added."""
        decided = self.filtered(lambda erasure: erasure.state != "todo")
        if decided and vals.keys() - {"certificate_id"}:
            raise UserError(
                self.env._(
                    "%(erasure)s is certified: the content of a certificate is not "
                    "changed.",
                    erasure=decided[0].name,
                )
            )
        if not self.env.su:
            self._refuse_by_hand()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_certified(self):
        self._refuse_by_hand()

    def _refuse_by_hand(self):
        raise AccessError(
            self.env._(
                "An erasure is created when its device comes back: enter the "
                "result with Certify."
            )
        )

    # === ACTIONS ===#

    def action_certify(self):
        """Open the window that enters results."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Certify Erasures"),
            "res_model": "waas.erasure.certify",
            "view_mode": "form",
            "target": "new",
            "context": {"default_erasure_ids": self.ids},
        }

    def action_grade(self):
        """Open the window that grades the erased devices."""
        return self.device_id.action_waas_grade()

    def action_nothing_to_erase(self):
        """Certify devices that came back before their product was known to hold no
        data."""
        self.check_access("read")
        if not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(
                self.env._("Only warehouse users and WaaS users certify an erasure.")
            )
        for erasure in self:
            if problem := erasure._get_data_problem():
                raise UserError(problem)
        erasures_sudo = self.sudo()  # users cannot edit them
        erasures_sudo._pass_without_data()
        erasures_sudo.return_id._settle()
        return True

    def _get_data_problem(self):
        """Why there may be something to erase, as a sentence, or False."""
        self.ensure_one()
        if self.state != "todo":
            return self.env._("%(erasure)s has its result.", erasure=self.name)
        if self.must_destroy or self.product_id.waas_holds_data:
            return self.env._(
                "%(product)s holds data, so %(device)s is erased or destroyed: have "
                "that certified. If it holds none, untick Holds Data on the product "
                "first.",
                product=self.product_id.display_name,
                device=self.device_id.display_name,
            )
        return False

    def action_write_off(self):
        """Open the window that writes lost devices off."""
        return self.device_id.action_waas_write_off()

    # === BUSINESS METHODS ===#

    @api.model
    def _ask_for(self, arrivals):
        """Request the erasure of returned devices. Those that hold no data are
        certified immediately.

        :param arrivals: ``stock.move.line`` that brought them
        """
        erasures = self.create(
            [
                {
                    "device_id": arrival.lot_id.id,
                    "company_id": arrival.company_id.id,
                    "arrival_id": arrival.id,
                    "return_line_id": arrival.lot_id._waas_get_open_return_line().id,
                }
                for arrival in arrivals
            ]
        )
        erasures.filtered(
            lambda erasure: not erasure.product_id.waas_holds_data
        )._pass_without_data()
        return erasures

    def _pass_without_data(self):
        """Certify that there is nothing to erase."""
        for (product, _company), group in self.grouped(
            lambda erasure: (erasure.product_id, erasure.company_id)
        ).items():
            group._enter_result(
                {
                    "method": "none",
                    "date": group.company_id._waas_today(),
                    "note": self.env._(
                        "%(product)s holds no data.", product=product.name
                    ),
                },
                passed=True,
            )
