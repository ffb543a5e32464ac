from odoo.tests import TransactionCase, tagged

DOCUMENTS = (
    "sale.order",
    "sale.order.line",
    "purchase.order",
    "purchase.order.line",
    "stock.picking",
    "stock.move",
    "stock.move.line",
    "stock.quant",
    "stock.lot",
    "account.move",
    "account.move.line",
    "account.payment",
    "account.partial.reconcile",
)


@tagged("post_install", "-at_install")
class TestOrdinaryDocuments(TransactionCase):
    """J5: documents that have nothing to do with rentals cost what they cost without
    us. ``./waas bench neighbours`` measures it."""

    def _get_triggers(self, models=DOCUMENTS):
        """What is computed anew when a field of a document of Odoo changes.

        :return: triples of that field, the many2one fields by which Odoo goes back from
            it, and the field of ours
        """
        for name in models:
            if name not in self.env:
                continue
            for field in self.env[name]._fields.values():
                if field.name.startswith("waas_"):
                    continue
                for path, fields in self.registry._field_triggers.get(
                    field, {}
                ).items():
                    for ours in fields:
                        if (ours._modules or ("",))[0].startswith("also_"):
                            yield field, path, ours

    def test_nothing_of_ours_is_searched_when_a_document_changes(self):
        """Odoo goes back along a many2one field by its one2many counterpart; without
        one, it searches each time."""
        triggers = [row for row in self._get_triggers() if row[2].store]
        self.assertGreater(len(triggers), 25)
        searched = {
            f"{field} -> {step} -> {ours}"
            for field, path, ours in triggers
            for step in path
            if not self.registry.field_inverses[step]
        }
        self.assertFalse(searched)

    def test_nothing_of_ours_depends_on_journal_entries(self):
        """Odoo computes the tree of what depends on a field for every line of every
        entry that it writes: a document of ours notifies what follows it."""
        models = [name for name in DOCUMENTS if name.startswith("account.")]
        self.assertFalse(
            {
                f"{field} -> {ours}"
                for field, _path, ours in self._get_triggers(models)
                if ours.model_name not in models
            }
        )
