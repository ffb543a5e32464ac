from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

METHODS = [
    ("clear", "Clear: overwritten"),
    ("purge", "Purge: cryptographic or firmware erase"),
    ("destroy", "Destroy: shredded"),
    ("none", "Nothing to erase"),
]


class WaasErasure(models.Model):
    """What became of the data on a device that came back (R15).

    A row is made for each arrival in quarantine: it is the work to do first, and the
    certificate afterwards. What failed is destroyed, with another row for the proof.
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
    )
    return_line_id = fields.Many2one(
        comodel_name="waas.return.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
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
        "An erasure names its processor, standard, method and date (R15).",
    )
    _check_lost = models.Constraint(
        "CHECK (state != 'lost' OR note IS NOT NULL)",
        "A device that was lost is written off with a reason (R15).",
    )
    _check_destroyed = models.Constraint(
        "CHECK (must_destroy IS NOT TRUE OR state != 'passed' OR method = 'destroy')",
        "Erasing this device failed: only its destruction can be certified (R15).",
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
        """A result stays what it was; only which paper tells of it is added."""
        decided = self.filtered(lambda erasure: erasure.state != "todo")
        if decided and vals.keys() - {"certificate_id"}:
            raise UserError(
                self.env._(
                    "%(erasure)s is certified: what a certificate says is not changed "
                    "(R15).",
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
                "A device that comes back asks for its erasure by itself; the result "
                "is entered with Certify (R15)."
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
        """Certify at once what came back before its product was known to hold no
        data."""
        self.check_access("read")
        if not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(
                self.env._("Only warehouse people and WaaS users certify an erasure.")
            )
        for erasure in self:
            if problem := erasure._get_data_problem():
                raise UserError(problem)
        self.sudo()._pass_without_data()  # nobody writes on them by hand
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
        """Devices came back: their data is to be erased. For those that hold none that
        is certified at once.

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
                    "note": self.env._("%s holds no data.", product.name),
                },
                passed=True,
            )

    def _certify(self, values, passed):
        """Enter the result of erasing these devices (R15).

        :param dict values: ``processor_id``, ``standard_id``, ``standard_reason``,
            ``method``, ``date``, ``document``, ``document_name``, ``note``
        :param bool passed: whether the data is gone
        :raises UserError: when the result proves nothing
        """
        for erasure in self:
            if problem := erasure._get_result_problem(values, passed):
                raise UserError(problem)
        self.sudo()._enter_result(values, passed)  # nobody writes on them by hand

    def _get_result_problem(self, values, passed):
        """Why this result does not count, as a sentence, or False."""
        self.ensure_one()
        if self.state != "todo":
            return self.env._("%(erasure)s has its result.", erasure=self.name)
        date = values.get("date")
        if not date or date > self.company_id._waas_today():
            return self.env._("Enter the day of the erasure: today or before.")
        if date < self.company_id._waas_get_day(self.arrival_id.date):
            return self.env._(
                "%(device)s came back after that day: enter the day on which it was "
                "erased.",
                device=self.device_id.display_name,
            )
        processor = self.env["res.partner"].browse(values.get("processor_id"))
        if problem := processor._waas_get_processor_problem(date):
            return problem
        if problem := self._get_standard_problem(values):
            return problem
        return self._get_proof_problem(values, passed)

    @api.model
    def _get_standard_problem(self, values):
        """Why these values name no standard that counts, as a sentence, or False."""
        method = values.get("method")
        standard = self.env["waas.erasure.standard"].browse(values.get("standard_id"))
        if not standard or method not in ("clear", "purge", "destroy"):
            return self.env._("Say by which standard and how the data was erased.")
        return standard._get_problem(
            method, values["date"], values.get("standard_reason")
        )

    def _get_proof_problem(self, values, passed):
        if not passed:
            if self.must_destroy:
                return self.env._(
                    "%(device)s was to be destroyed, and that does not fail: enter it "
                    "when it is done, with the proof.",
                    device=self.device_id.display_name,
                )
            return False
        if self.must_destroy and values.get("method") != "destroy":
            return self.env._(
                "Erasing %(device)s failed: only its destruction can be certified.",
                device=self.device_id.display_name,
            )
        if not values.get("document"):
            return self.env._(
                "Attach the certificate of the processor: without it there is no proof."
            )
        return False

    def _enter_result(self, values, passed):
        """Keep the result, and do what follows from it."""
        for erasure in self:
            erasure.serial = erasure.device_id.name
        self.write(self._prepare_result(values, passed))
        self.env["stock.lot"]._waas_log_each(
            [(erasure.device_id, erasure._describe_result(passed)) for erasure in self]
        )
        if not passed:
            self._ask_for_destruction()
        destroyed = self.filtered(
            lambda erasure: passed and erasure.method == "destroy"
        )
        if destroyed:
            destroyed.device_id._waas_dispose("d", "scrap")
        self.return_id._settle()

    def _prepare_result(self, values, passed):
        processor = self.env["res.partner"].browse(values.get("processor_id"))
        return {
            **{name: value for name, value in values.items() if name != "standard_id"},
            **self._prepare_standard(values),
            "state": "passed" if passed else "failed",
            "processor_name": processor.display_name if processor else False,
        }

    @api.model
    def _prepare_standard(self, values):
        """The standard as text, whatever becomes of it; the reason where one was
        needed."""
        standards = self.env["waas.erasure.standard"]
        standard = standards.browse(values.get("standard_id"))
        needed = bool(standard) and standard._is_withdrawn(values["date"])
        reason = (values.get("standard_reason") or "").strip()
        return {
            "standard": standard.name,
            "standard_reason": reason if needed else False,
        }

    def _describe_result(self, passed):
        """What the chain of custody says of it."""
        event = "erased" if passed else "not_erased"
        if passed and self.method == "destroy":
            event = "destroyed"
        return self.device_id._waas_describe(
            event,
            document=self,
            party=self.processor_id,
            location=self.device_id._waas_get_quarantine_place(),
            note=", ".join(
                filter(None, (self.standard, dict(METHODS)[self.method], self.note))
            ),
        )

    def _ask_for_destruction(self):
        """What cannot be erased is destroyed."""
        self.flush_recordset()  # the failed ones make place for the next
        self.create(
            [
                {
                    "device_id": erasure.device_id.id,
                    "company_id": erasure.company_id.id,
                    "arrival_id": erasure.arrival_id.id,
                    "return_line_id": erasure.return_line_id.id,
                    "must_destroy": True,
                }
                for erasure in self
            ]
        )

    def _note_loss(self, reason):
        """The device vanished: there is nothing any more that could be erased."""
        for erasure in self:
            erasure.write(
                {"state": "lost", "serial": erasure.device_id.name, "note": reason}
            )

    @api.constrains("processor_id", "state")
    def _check_processor(self):
        """Whatever writes it: an expired processor certifies nothing (R15)."""
        for erasure in self:
            if erasure.processor_id and (
                problem := erasure.processor_id._waas_get_processor_problem(
                    erasure.date
                )
            ):
                raise ValidationError(problem)
