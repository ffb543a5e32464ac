from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaasMarketplaceValue(models.Model):
    """What every order of a service says in one of its fields."""

    _name = "waas.marketplace.value"
    _description = "WaaS Marketplace Value"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "service_id, is_mandatory desc, id"
    _rec_name = "label"
    _check_company_auto = True

    service_id = fields.Many2one(
        comodel_name="waas.marketplace.service",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="service_id.company_id", store=True, index=True
    )
    name = fields.Char(string="Field", required=True, readonly=True)
    label = fields.Char(string="Meaning", required=True, readonly=True)
    is_mandatory = fields.Boolean(string="Mandatory", readonly=True)
    choices = fields.Text(
        string="Possible Values", readonly=True, help="One in each line; none: any."
    )
    value = fields.Char()

    _unique_name = models.UniqueIndex(
        "(service_id, name)", "The service has this field already."
    )

    @api.constrains("value", "choices")
    def _check_value(self):
        for one in self:
            choices = (one.choices or "").splitlines()
            if one.value and choices and one.value not in choices:
                raise ValidationError(
                    self.env._(
                        "%(label)s: %(value)s is not possible. Choose one of "
                        "%(choices)s.",
                        label=one.label,
                        value=one.value,
                        choices=", ".join(choices),
                    )
                )

    @api.model
    def _keep_only(self, service, found):
        """Take over the fields of a service; a value that is not possible any more is
        emptied, so that somebody chooses another one.

        :param found: list of ``simpleapi.catalogue.Field``
        """
        known = {one.name: one for one in self}
        new = []
        for field in found:
            choices = [value for value, _label in field.choices]
            values = {
                "label": field.label,
                "is_mandatory": field.is_mandatory and not field.has_default,
                "choices": "\n".join(choices),
            }
            if one := known.pop(field.name, None):
                if choices and one.value and one.value not in choices:
                    values["value"] = False
                one.write(values)
            else:
                new.append({"service_id": service.id, "name": field.name, **values})
        self.browse().union(*known.values()).unlink()
        self.create(new)
