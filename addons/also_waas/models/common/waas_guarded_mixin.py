from odoo import api, models, tools
from odoo.exceptions import AccessError


class WaasGuardedMixin(models.AbstractModel):
    """System fields: only business methods write them.

    A stored field of ours that its definition calls read-only is a system field. Odoo
    keeps such a field out of a form; this model keeps it out of everything else that a
    user can reach: ``create``, ``write``, an import, a copy, and defaults, whether of
    the context or of the user. Business methods check who asks, and write with
    ``sudo()``: what they create takes no default from their caller either.
    """

    _name = "waas.guarded.mixin"
    _description = "WaaS System Fields"

    # === WHICH FIELDS ===#

    @api.model
    def _waas_find_system_fields(self):
        """Hook: names of the system fields.

        :return: set of names; of a core model those of ours only
        """
        ours = self._name.startswith("waas.")
        return {
            name
            for name, field in self._fields.items()
            if field.readonly
            and field.store
            and name not in models.MAGIC_COLUMNS
            and (ours or name.startswith("waas_"))
        }

    @api.model
    @tools.ormcache()
    def _waas_get_system_fields(self):
        """The same, found once for all calls.

        :return: frozenset of names
        """
        return frozenset(self._waas_find_system_fields())

    # === CRUD METHODS ===#

    @api.model
    def default_get(self, fields):
        """A system field has the default of its definition and no other: the context
        and a user's own defaults are input."""
        system_fields = self._waas_get_system_fields()
        if system_fields.isdisjoint(fields):
            return super().default_get(fields)
        values = super().default_get(
            [name for name in fields if name not in system_fields]
        )
        for name in system_fields.intersection(fields):
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(
                    field.default(self), self, validate=False
                )
                values[name] = field.convert_to_write(value, self)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        system_fields = self._waas_get_system_fields()
        if not self.env.su and (given := system_fields & set().union(*vals_list)):
            self._waas_refuse_system_fields(given)
        self._waas_fill_system_fields(vals_list)
        records = super().create(vals_list)
        if not self.env.su:
            records._waas_refuse_system_defaults()
        return records

    @api.model
    def _waas_fill_system_fields(self, vals_list):
        """Hook: set system fields of new records; users gave none.

        :param list vals_list: dicts, changed in place
        """

    def write(self, vals):
        if not self.env.su and (given := self._waas_get_system_fields() & vals.keys()):
            self._waas_refuse_system_fields(given)
        return super().write(vals)

    def copy_data(self, default=None):
        """A copy that a user makes begins as a new record does."""
        vals_list = super().copy_data(default)
        if self.env.su:
            return vals_list
        system_fields = self._waas_get_system_fields() - set(default or ())
        return [
            {name: value for name, value in vals.items() if name not in system_fields}
            for vals in vals_list
        ]

    # === REFUSAL ===#

    def _waas_refuse_system_defaults(self):
        """Refuse a context default for a system field that the record did not get: it
        is an attempt or a mistake, and is not ignored silently. (Numbers are left out:
        contexts often propose a name.)"""
        proposed = {
            name
            for name in self._waas_get_system_fields() - {"name"}
            if f"default_{name}" in self.env.context
        }
        wrong = {
            name
            for name in proposed
            for record in self
            if self._fields[name].convert_to_write(record[name], record)
            != self.env.context[f"default_{name}"]
        }
        if wrong:
            self._waas_refuse_system_fields(wrong)

    @api.model
    def _waas_refuse_system_fields(self, names):
        """Hook: say how these fields get their values.

        :param names: set of system fields for which values were given
        :raises AccessError: always
        """
        raise AccessError(
            self.env._(
                "The system fills in %(fields)s of %(model)s: use the buttons of the "
                "document, they write it.",
                fields=", ".join(
                    sorted(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    )
                ),
                model=self._description,
            )
        )
