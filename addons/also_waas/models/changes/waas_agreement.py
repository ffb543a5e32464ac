from odoo import fields, models


class WaasAgreement(models.Model):
    """An agreement about a change of a contract."""

    _inherit = "waas.agreement"

    change_id = fields.Many2one(
        comodel_name="waas.change",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The change that is agreed; empty: the contract itself.",
        check_company=True,
    )

    _unique_live = models.UniqueIndex(
        "(order_id, template_id, COALESCE(change_id, 0)) "
        "WHERE state IN ('sent', 'customer_signed', 'signed')",
        "There is a live agreement of this kind already.",
    )

    def _get_deal(self):
        return self.change_id or super()._get_deal()

    def _in_words(self, amount):
        """An amount in words in the language of the agreement; used by templates."""
        self.ensure_one()
        return self.currency_id.with_context(lang=self.lang)._waas_in_words(amount)
