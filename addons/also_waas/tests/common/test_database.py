from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ...hooks import COLUMNS

# Deleting one of these is rare, and a scan of what refers to it is the least of it.
SELDOM_DELETED = {
    "account.account",
    "account.journal",
    "res.company",
    "res.country",
    "res.currency",
    "res.groups",
    "res.users",
    "stock.location",
    "stock.picking.type",
    "waas.manufacturer",
    "waas.term",
}
# A few rows each: a scan is as fast as an index.
SMALL = {
    "mail.activity.type",
    "res.company",
    "waas.agreement.template",
    "waas.invoice.run",
    "waas.manufacturer",
    "waas.marketplace",
}
# Odoo checks their companies when they are confirmed, not when they are written.
CHECKED_LATER = {"stock.move", "stock.picking"}
OURS = ("also_waas", "account_invoice_fast")
OTHER_COMPANY = {}
"""Fields that may name a record of another company, and why."""


@tagged("post_install", "-at_install")
class TestDatabase(TransactionCase):
    """The database guards the money: a constraint that PostgreSQL did not understand is
    a line in a log, and guards nothing."""

    def _get_stored(self):
        """The stored fields that we define, on every model with a table."""
        for model in self.env.values():
            if model._auto and not model._abstract and not model._transient:
                for field in model._fields.values():
                    ours = field._modules[:1] and field._modules[0].startswith("also_")
                    if field.store and ours:
                        yield field

    def _get_references(self):
        """Of the stored fields, those that name one record."""
        return (field for field in self._get_stored() if field.type == "many2one")

    def test_j9_models_of_others_say_of_themselves_what_they_said(self):
        """Odoo stores the first docstring of a model's classes as what it is about."""
        changed = {}
        for name, model in self.env.items():
            told = next((cls for cls in type(model).mro() if cls.__doc__), object)
            by = told.__module__.removeprefix("odoo.addons.")
            if by.startswith(OURS) and not model._original_module.startswith(OURS):
                changed[name] = by
        self.assertFalse(changed)

    def test_records_of_every_model_are_found_by_their_name(self):
        """A search by name that Odoo cannot do finds everything."""
        for name, model in self.env.items():
            ours = model._original_module.startswith(OURS)
            if ours and model._auto and not model._abstract and not model._transient:
                with self.subTest(name):
                    found = model.sudo().search_count(
                        [("display_name", "ilike", "no record has this name")]
                    )
                    self.assertFalse(found)
                    self.assertTrue(model._rec_names_search or model._rec_name)

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

    def _get_columns_elsewhere(self):
        """The columns that we add to tables of Odoo and OCA with more than a few
        rows, as their fields."""
        for field in self._get_stored():
            model = self.env[field.model_name]
            is_theirs = not model._original_module.startswith("also_")
            if is_theirs and field.column_type and model._name not in SMALL:
                yield field

    def test_j6_installing_computes_no_ordinary_record(self):
        """Odoo fills a new column of a computed field, or of one with a default, record
        by record: the pre-init hook adds it."""
        filled = {
            (self.env[field.model_name]._table, field.name): field.column_type[0]
            for field in self._get_columns_elsewhere()
            if field.compute or field.default
        }
        added = {
            (table, name): definition.split()[0]
            for table, columns in COLUMNS.items()
            for name, definition in columns.items()
        }
        self.assertEqual(added, filled)

    def test_what_a_list_of_a_record_names_has_an_index(self):
        """As Odoo's own ``test_lint`` wants it."""
        bare = set()
        for model in self.env.values():
            for field in model._fields.values():
                ours = field._modules[-1:] and field._modules[-1].startswith("also_")
                if field.type != "one2many" or not field.inverse_name or not ours:
                    continue
                comodel = self.env[field.comodel_name]
                inverse = comodel._fields[field.inverse_name]
                is_kept = comodel._auto and not comodel._transient and inverse.store
                if is_kept and inverse.column_type and not inverse.index:
                    bare.add(str(inverse))
        self.assertFalse({name for name in bare if "waas" in name})

    def test_no_deletion_scans_a_table(self):
        """PostgreSQL looks for what refers to a deleted record; merging contacts looks
        in every field that names one."""
        wanted = {
            (self.env[field.model_name]._table, field.name)
            for field in self._get_references()
            if field.column_type
            and not field.company_dependent
            and field.comodel_name not in SELDOM_DELETED
            and field.model_name not in SMALL
        }
        self.assertGreater(len(wanted), 50)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT relation.relname, attribute.attname
                  FROM pg_index AS index
                  JOIN pg_class AS relation ON relation.oid = index.indrelid
                  JOIN pg_attribute AS attribute
                    ON attribute.attrelid = index.indrelid
                   AND attribute.attnum = index.indkey[0]
                 WHERE index.indpred IS NULL
                    OR pg_get_expr(index.indpred, index.indrelid)
                       = format('(%I IS NOT NULL)', attribute.attname)
                """.replace("%", "%%")
            )
        )
        self.assertFalse(wanted - set(rows))

    # === COMPANIES ===#

    def test_models_with_a_company_check_it(self):
        careless = {
            model._name
            for model in self.env.values()
            if model._name.startswith("waas.") and "company_id" in model._fields
            if model._auto and not model._abstract and not model._transient
            if not model._check_company_auto
        }
        self.assertFalse(careless)

    def test_what_belongs_to_a_company_names_nothing_of_another(self):
        """Where Odoo checks it: other models have no company, or do not ask."""
        careless = {
            str(field)
            for field in self._get_references()
            if self._is_bound(field) and not field.check_company
        }
        self.assertEqual(careless, set(OTHER_COMPANY))

    def _is_bound(self, field):
        """Whether both ends of a reference belong to a company, and one could differ
        from the other."""
        model = self.env[field.model_name]
        comodel = self.env[field.comodel_name]
        company = model._fields.get("company_id")
        follows = company and company.related == f"{field.name}.company_id"
        return (
            (model._check_company_auto or field.model_name in CHECKED_LATER)
            and {"company_id", "company_ids"} & set(comodel._fields)
            and field.comodel_name not in ("res.users", "res.company")
            and not field.related
            and not follows
        )
