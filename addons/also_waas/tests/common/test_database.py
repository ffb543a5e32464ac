from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install")
class TestDatabase(TransactionCase):
    """The database guards the money: a constraint that PostgreSQL did not understand is
    a line in a log, and guards nothing."""

    def test_every_constraint_and_index_of_ours_is_there(self):
        wanted = {
            definition.full_name(model)
            for model in self.env.values()
            if model._auto and not model._abstract
            for definition in model._table_objects.values()
            if definition._module == "also_waas"
        }
        self.assertGreater(len(wanted), 50)
        rows = self.env.execute_query(
            SQL("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class")
        )
        self.assertFalse(wanted - {name for (name,) in rows})
