from datetime import date, datetime

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from .common_access_later_chapters import LaterChaptersCommon


class SystemFieldsCommon(LaterChaptersCommon):
    """What only the system writes: every such field of every model, on every way in, as
    everybody (R1, R7, R11, R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice_run = cls._create_run(fields.Date.today())
        cls.hardware_request = cls.env["waas.hardware.request"].create(
            {
                "reseller_id": cls.reseller.id,
                "company_id": cls.also.id,
                "manufacturer_name": "Newmake",
                "description": "Model 7",
            }
        )
        cls.sold = cls.env["waas.sellout.report"].create(
            {"manufacturer_id": cls.manufacturer.id, "company_id": cls.also.id}
        )
        cls.people = {
            "seller": cls.seller,
            "manager": cls.manager,
            "officer": cls.officer,
            "accountant": cls.accountant,
            "warehouse": cls.warehouse,
            "administrator": new_test_user(
                cls.env,
                "waas_administrator",
                "base.group_system,sales_team.group_sale_manager,"
                "stock.group_stock_manager,account.group_account_manager,"
                "also_waas.group_waas_manager,also_waas.group_waas_credit_officer",
                company_id=cls.also.id,
                company_ids=[Command.set(cls.also.ids)],
            ),
            "customer": cls._create_portal_user("field_customer", cls.signatory),
            "reseller": cls._create_portal_user(
                "field_reseller",
                cls.reseller.child_ids,
                "also_waas.group_waas_reseller",
            ),
        }
        cls.env.flush_all()

    def _get_models(self):
        """Model -> names of its system fields, out of the definitions alone."""
        found = {}
        for name, model in self.env.items():
            if model._abstract or model._transient or not model._auto:
                continue
            names = {
                field.name
                for field in model._fields.values()
                if "also_waas" in field._modules[:1]
                and field.store
                and field.readonly
                and field.name not in ("id", "create_uid", "write_uid")
                and field.name not in ("create_date", "write_date")
            }
            if names:
                found[name] = names
        return found

    def _make_value(self, field):
        """A value that such a field could have."""
        if field.type in ("char", "text", "html"):
            return "forged"
        if field.type == "boolean":
            return True
        if field.type in ("integer", "float", "monetary"):
            return 7
        if field.type == "date":
            return date(2031, 3, 7)
        if field.type == "datetime":
            return datetime(2031, 3, 7, 8)
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        if field.type == "many2one":
            comodel = self.env[field.comodel_name].sudo()
            return comodel.with_context(active_test=False).search([], limit=1).id
        if field.type in ("one2many", "many2many"):
            return [Command.clear()]
        return "Zm9yZ2Vk"

    def _assert_refused(self, what, method, *args):
        """Refused by the guard or by the rights, before anything else is asked (so
        nothing has to be undone)."""
        try:
            method(*args)
        except ValidationError as error:
            self.fail(f"{what}: got as far as a constraint: {error}")
        except (AccessError, UserError):
            return
        self.fail(f"{what}: was not refused")
