from odoo import fields, models

from ...schedule import LONGEST_MONTHS, MAX_MONTHS


class ResCompany(models.Model):
    """What a company rents out, and how fast it answers."""

    _inherit = "res.company"

    waas_term_id = fields.Many2one(
        comodel_name="waas.term",
        string="Default Term",
        default=lambda self: self.env.ref(
            "also_waas.waas_term_36", raise_if_not_found=False
        ),
    )
    waas_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="WaaS Price List",
        check_company=True,
        help="Holds for every partner without a price list of its own.",
    )
    waas_hardware_answer_days = fields.Integer(
        string="Hardware Request Answer (days)", default=5
    )
    waas_max_months = fields.Integer(
        string="Longest Contract (months)",
        default=MAX_MONTHS,
        required=True,
        help="The maximum number of months of a contract, from its first day to its "
        "last, extensions included. A contract that was signed under a higher "
        "number keeps it.",
    )

    _check_waas_max_months = models.Constraint(
        f"CHECK (waas_max_months BETWEEN 1 AND {LONGEST_MONTHS})",
        f"The longest contract has at least 1 and at most {LONGEST_MONTHS} months.",
    )
