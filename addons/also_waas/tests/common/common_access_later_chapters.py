from odoo import Command, fields
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from .cases_returns import WaasReturnCommon
from .cases_steps import SIGNATURE
from .replayed import replayed


class LaterChaptersCommon(WaasReturnCommon):
    """One of everything that the later chapters make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_records()

    @classmethod
    @replayed
    def _set_up_records(cls):
        """One of everything, made as the flow makes it."""
        cls.manufacturer.write(
            {
                "sellout": True,
                "sellout_start": fields.Date.start_of(fields.Date.today(), "month"),
                "sellout_email": "sellout@goodmake.test",
                "sellout_user_id": cls.seller.id,
            }
        )
        cls.change = cls._upgrade(cls.contract, fields.Date.today())
        cls.record = cls._create_return(cls.devices[:1])
        cls._receive(cls.record, cls.devices[:1])
        cls._certify(cls.devices[:1])
        cls.env["waas.return"].with_user(cls.warehouse)._receive_scans(
            ["UNKNOWN-1"], cls.also
        )
        new, cls.spare = cls._put_in_stock(cls.laptop, 2, 90)
        cls.env["waas.replacement"]._start(cls.devices[1], new, "Broken")
        cls._make_bare_records()
        cls.env.flush_all()

    @classmethod
    def _make_catalogue(cls, marketplace):
        """What a marketplace sells, its session, and what we assume of it."""
        env = cls.env(su=True)
        env["waas.marketplace.session"].create({"marketplace_id": marketplace.id})
        env["waas.marketplace.assumption"].create(
            {"marketplace_id": marketplace.id, "name": "pause_429", "value": "5"}
        )
        service = env["waas.marketplace.service"].create(
            {"marketplace_id": marketplace.id, "name": "1_Plan", "title": "Plan"}
        )
        env["waas.marketplace.term"].create(
            {"service_id": service.id, "value": "P1Y", "label": "A year", "months": 12}
        )
        env["waas.marketplace.value"].create(
            {"service_id": service.id, "name": "Domain", "label": "Domain"}
        )
        env["waas.marketplace.customer"]._get_for(marketplace, cls.customer)
        env["waas.marketplace.call"].create(
            {
                "marketplace_id": marketplace.id,
                "operation": "CreateCompany",
                "reference": "WAAS-1",
            }
        )

    @classmethod
    def _make_bare_records(cls):
        """What needs months, a marketplace or accounts to come about by itself: to be
        hidden, it need not be whole."""
        accounts = cls.company_data["default_account_assets"]
        asset = (
            cls.env["waas.asset"]
            .sudo()
            .create(
                {
                    "device_id": cls.devices[2].id,
                    "contract_id": cls.contract.id,
                    "company_id": cls.also.id,
                    "date_start": "2026-01-01",
                    "cost": 1000.0,
                    "residual": 0.0,
                    "months": 36,
                    "stock_account_id": accounts.id,
                    "equipment_account_id": accounts.id,
                    "accumulated_account_id": accounts.id,
                }
            )
        )
        cls.env["waas.depreciation"].sudo().create(
            {"asset_id": asset.id, "month": "2026-01-31", "amount": 1.0}
        )
        marketplace = (
            cls.env["waas.marketplace"]
            .sudo()
            .create(
                {
                    "company_id": cls.also.id,
                    "base_url": "http://127.0.0.1:1",
                    "api_key": "key",
                    "notify_secret": "a secret",
                    "user_id": cls.manager.id,
                }
            )
        )
        cls.marketplace = marketplace
        cls._make_catalogue(marketplace)
        cls.env["waas.return.handover"].sudo().create(
            {
                "return_id": cls.record.id,
                "collected_on": "2026-01-31 08:00:00",
                "counted": 1,
                "handed_over_by": "Porter",
                "collected_by": "Driver",
                "signature": SIGNATURE,
            }
        )
        cls.env["waas.manufacturer.reseller"].create(
            {
                "manufacturer_id": cls.manufacturer.id,
                "reseller_id": cls.reseller.id,
                "company_id": cls.also.id,
                "number": "P-7",
            }
        )
        cls.env["waas.deal.registration"].create(
            {
                "order_id": cls.order.id,
                "manufacturer_id": cls.manufacturer.id,
                "number": "DR-9",
            }
        )
        cls.env["waas.rate.limit"].sudo()._allow("test", "192.0.2.1", 1, 1)
        cls.env["waas.form.lock"].sudo()._take(cls.env.user)


class AccessOfLaterChaptersCommon(LaterChaptersCommon):
    """Changes, returns, fleet, commission, sell-out and licenses, as the wrong person
    would try them from outside: through the door of every RPC."""

    # What a button of these models could change.
    WATCHED = (
        "waas.change",
        "waas.return",
        "waas.return.line",
        "waas.erasure",
        "waas.certificate",
        "waas.marketplace",
        "mail.mail",
        "mail.activity",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_wrong_people()

    @classmethod
    def _set_up_wrong_people(cls):
        elsewhere = cls.setup_other_company(name="ALSO Elsewhere")["company"]
        cls.wrong_people = {
            "salesman": new_test_user(
                cls.env,
                "wrong_salesman",
                "sales_team.group_sale_salesman",
                company_id=cls.also.id,
            ),
            "officer": cls.officer,
            "customer": cls._create_portal_user("wrong_customer", cls.signatory),
            "reseller": cls._create_portal_user(
                "wrong_reseller",
                cls.reseller.child_ids,
                "also_waas.group_waas_reseller",
            ),
            "rival": cls._create_portal_user(
                "wrong_rival",
                cls.other_reseller.child_ids,
                "also_waas.group_waas_reseller",
            ),
            "elsewhere": new_test_user(
                cls.env,
                "wrong_accountant",
                "account.group_account_manager,also_waas.group_waas_manager",
                company_id=elsewhere.id,
                company_ids=[Command.set(elsewhere.ids)],
            ),
        }

    def _call(self, user, model, method, *args, **kwargs):
        """What a request to call a method does, short of the network."""
        env = self.env(user=user, su=False)
        return call_kw(env[model], method, list(args), kwargs)

    def _find(self, model):
        """What is there to be stolen."""
        return self.env[model].sudo().search([])
