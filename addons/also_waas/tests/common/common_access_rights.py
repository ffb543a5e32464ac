from .cases_business import WaasDealsCommon


class AccessRightsCommon(WaasDealsCommon):
    """Who sees what. Nobody sees the deals of another partner, no outsider what ALSO
    knows of credit and signatures, no end customer a commission."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        deals = {
            "deal": cls.order,
            "quotation": cls.quotation,
            "other deal": cls.other_order,
            "purchase": cls.purchase,
        }
        contracts = {
            "deal": cls.contract,
            "other deal": cls.other_contract,
            "cleaning": cls.cleaning,
        }
        # By model: records by the name of the deal they belong to.
        cls.records = {
            "sale.order": deals,
            "sale.order.line": {n: o.order_line for n, o in deals.items()},
            "contract.contract": contracts,
            "contract.line": {n: c.contract_line_ids for n, c in contracts.items()},
            "contract.modification": {
                n: c.sudo().modification_ids for n, c in contracts.items()
            },
            "waas.installment": {"deal": cls.contract.waas_installment_ids},
            "waas.credit.check": {
                "deal": cls.order.waas_credit_check_ids,
                "other deal": cls.other_order.waas_credit_check_ids,
            },
            "waas.agreement": {
                "deal": cls.order.waas_agreement_ids,
                "other deal": cls.other_order.waas_agreement_ids,
            },
            "waas.signing.link": {
                "deal": cls.env["waas.signing.link"]
                .sudo()
                .search([("order_id", "=", cls.order.id)])
            },
            "waas.reseller.service": {
                name: cls.env["waas.reseller.service"].create(
                    {"order_id": order.id, "name": "Installation"}
                )
                for name, order in (
                    ("deal", cls.order),
                    ("other deal", cls.other_order),
                )
            },
            "waas.agreement.template": {"all": cls.agreement_templates},
            "product.pricelist.item": {"all": cls.pricelist.item_ids},
        }
