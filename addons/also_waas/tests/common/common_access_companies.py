from datetime import timedelta

from odoo import Command, fields
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from .cases_returns import WaasReturnCommon
from .cases_steps import SIGNATURE


class OneCompanyAndAnotherCommon(WaasReturnCommon):
    """B: models x people x ways to read. What belongs to ALSO is refused or empty for
    people of another company, of no company, or without the right, also through what is
    not saved yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.setup_other_company(name="ALSO Elsewhere")["company"]
        cls._set_up_people_elsewhere()
        cls._set_up_secrets()

    @classmethod
    def _set_up_people_elsewhere(cls):
        def user(login, groups, company=None):
            company = company or cls.also
            return new_test_user(
                cls.env,
                login,
                groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )

        stranger = cls._create_party("Stranger")
        cls.people = {
            # All rights there are, in another company.
            "elsewhere": user(
                "manager_elsewhere",
                "also_waas.group_waas_manager,also_waas.group_waas_credit_officer,"
                "account.group_account_manager,stock.group_stock_manager",
                cls.elsewhere,
            ),
            "plain": user("plain_employee", "base.group_user"),
            "salesman": user("plain_salesman_b", "sales_team.group_sale_salesman"),
            "portal": cls._create_portal_user("portal_b", stranger.child_ids),
            "rival": cls._create_portal_user(
                "rival_b",
                cls.other_reseller.child_ids,
                "also_waas.group_waas_reseller",
            ),
        }

    @classmethod
    def _set_up_secrets(cls):
        """One of everything of ALSO, as the flow makes it."""
        today = fields.Date.today()
        cls.change = cls._upgrade(cls.contract, today)
        cls.env["waas.reseller.service"].create(
            {"order_id": cls.order.id, "name": "Installation"}
        )
        cls.record = cls._create_return(cls.devices[:1])
        cls._receive(cls.record, cls.devices[:1])
        cls._certify(cls.devices[:1])
        cls.env["waas.return"].with_user(cls.warehouse)._receive_scans(
            ["UNKNOWN-1"], cls.also
        )
        [new] = cls._put_in_stock(cls.laptop, 1, 90)
        cls.env["waas.replacement"]._start(cls.devices[1], new, "Broken")
        cls._invoice_up_to(cls.contract, today)
        cls.invoice_run = cls._create_run(today)
        cls.quotation = cls._create_order(12, quantity=1)
        cls.env["waas.hardware.request"].create(
            {
                "company_id": cls.also.id,
                "reseller_id": cls.reseller.id,
                "manufacturer_name": "Rare",
                "description": "Something special",
            }
        )
        cls._set_up_numbers()
        cls._hand_over(cls.devices[2:])
        cls.env.flush_all()

    @classmethod
    def _set_up_numbers(cls):
        """By which a manufacturer credits partner and deal."""
        maker = {"manufacturer_id": cls.manufacturer.id, "number": "SECRET-1"}
        cls.env["waas.manufacturer.reseller"].create(
            {**maker, "company_id": cls.also.id, "reseller_id": cls.reseller.id}
        )
        cls.env["waas.deal.registration"].create({**maker, "order_id": cls.order.id})

    @classmethod
    def _hand_over(cls, devices):
        start = fields.Datetime.now() + timedelta(days=3)
        record = cls._create_return(
            devices,
            announce=False,
            method="pickup",
            pickup_address_id=cls.customer.id,
            pickup_contact="Porter",
            pickup_from=start,
            pickup_to=start + timedelta(hours=2),
            processor_id=cls.processor.id,
        )
        record.sudo().write(
            {"state": "confirmed", "confirmed_on": fields.Datetime.now()}
        )
        record.with_user(cls.warehouse)._collect(
            cls.customer,
            {
                "collected_on": fields.Datetime.now(),
                "counted": len(devices),
                "seals": "A1",
                "handed_over_by": "Porter",
                "collected_by": "Driver",
                "signature": SIGNATURE,
            },
        )

    def _call(self, user, model, method, *args, **kwargs):
        """What a request to call a method does, short of the network."""
        self.env.invalidate_all()  # what others have read is not theirs
        if method == "onchange":
            args = ([], *args)  # of no record
        return call_kw(
            self.env(user=user, su=False, context={})[model],
            method,
            list(args),
            kwargs,
        )
