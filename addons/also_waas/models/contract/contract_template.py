"""Who makes the invoices.

``contract.contract`` is a prototype of this model, so it gets the choice as well.
"""

from odoo import fields, models


class ContractTemplate(models.Model):
    _inherit = "contract.template"

    generation_type = fields.Selection(
        selection_add=[("waas", "WaaS Installments")],
        # Without the addon, OCA contract must not invoice these contracts.
        ondelete={"waas": "set null"},
    )
