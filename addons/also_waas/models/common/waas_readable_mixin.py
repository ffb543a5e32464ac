from collections import defaultdict

from odoo import api, models


class WaasReadableMixin(models.AbstractModel):
    """Users refer to records only that they may read.

    Odoo computes stored and related fields as superuser, also those of a record that is
    not saved yet: a form that refers to another company's contract would show whose it
    is and what it costs. So the records that a form, a wizard or a context default
    refers to are checked before anything is computed from them.

    On documents of Odoo only our own fields are looked at, and nothing is checked when
    they are saved: see :meth:`_waas_get_checked_names`.
    """

    _name = "waas.readable.mixin"
    _description = "WaaS Readable Values"

    # === CRUD METHODS ===#

    @api.model
    def default_get(self, fields):
        """Check what the context gives as defaults."""
        defaults = super().default_get(fields)
        self._waas_ensure_readable([defaults])
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        if self._waas_is_own_model():
            self._waas_ensure_readable(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if self._waas_is_own_model():
            self._waas_ensure_readable([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """Check what the form names before anything is computed from it."""
        self._waas_ensure_readable([values])
        return super().onchange(values, field_names, fields_spec)

    # === BUSINESS METHODS ===#

    @api.model
    def _waas_is_own_model(self):
        return self._name.startswith("waas.")

    def _waas_get_checked_names(self, values):
        """Hook: the fields whose records the user must be allowed to read."""
        if self._waas_is_own_model():
            return values.keys()
        return [name for name in values if name.startswith("waas_")]

    def _waas_ensure_readable(self, vals_list):
        """:raises AccessError: when values name a record that the user may not read"""
        if self.env.su:
            return
        named = defaultdict(set)
        for vals in vals_list:
            names = self._waas_get_checked_names(vals)
            _collect(self, {name: vals[name] for name in names}, named)
        for model, ids in named.items():
            self.env[model].browse(ids).check_access("read")


def _collect(model, values, named):
    """Note the ids that values of a record of ``model`` name, by their model; lines of
    lines as well."""
    for name, value in values.items():
        field = model._fields.get(name)
        if not value or not field or not field.relational:
            continue
        comodel = model.env[field.comodel_name]
        if field.type == "many2one":
            _collect_one(comodel, value, named)
        else:
            _collect_many(comodel, value, named)


def _collect_one(comodel, value, named):
    if isinstance(value, dict):  # a form passes all its own values to its lines
        _collect_one(comodel, value.get("id"), named)
        _collect(comodel, value, named)
    elif isinstance(value, (list, tuple)):  # an id and its name
        _collect_one(comodel, value[0], named)
    elif isinstance(value, int) and value:
        named[comodel._name].add(value)


def _collect_many(comodel, commands, named):
    for command in commands:
        if isinstance(command, int):
            named[comodel._name].add(command)
            continue
        for part in command[1:]:
            if isinstance(part, dict):
                _collect(comodel, part, named)
            elif isinstance(part, (list, tuple)):
                _collect_many(comodel, part, named)
            elif isinstance(part, int) and part:
                named[comodel._name].add(part)
