from lxml import html

from odoo.tests import tagged

from ..common.cases import WaasCommon


@tagged("post_install", "-at_install")
class TestAgreementReport(WaasCommon):
    """The agreements with the texts that the module ships."""

    @classmethod
    def _complete_world(cls):
        result = super()._complete_world()
        cls.env["waas.agreement.template"].sudo().search([]).active = False
        cls.agreement_templates = cls.env["waas.agreement.template"]
        for kind in ("rental", "mandate", "terms"):
            shipped = cls.env.ref(f"also_waas.waas_agreement_template_{kind}")
            cls.agreement_templates += shipped.copy(
                {"active": True, "company_id": cls.also.id}
            )
        return result

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner.bank"].create(
            {"partner_id": cls.customer.id, "acc_number": "NL91ABNA0417164300"}
        )
        cls.order = cls._create_order(quantity=10, waas_delivery_route="reseller")
        cls.order.action_waas_send_agreements()
        cls.agreements = cls.order.sudo().waas_agreement_ids.grouped("kind")

    def _print(self, agreement):
        content, _type = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_html("also_waas.action_report_agreement", agreement.ids)
        )
        return " ".join(html.fromstring(content).text_content().split())

    def test_r13_rental_agreement_tells_parties_price_and_owner(self):
        text = self._print(self.agreements["rental"])
        for part in (
            self.also.name,
            "Customer One Street 1",
            "1 × Laptop",
            "459.90",
            "16,556.40",
            "Sixteen Thousand, Five Hundred And Fifty-Six",
            "property of the lessor",
            "cannot buy them",
        ):
            self.assertIn(part, text)

    def test_r11_rental_agreement_tells_what_ending_early_costs(self):
        text = self._print(self.agreements["rental"])
        self.assertRegex(text, r"costs the total of the agreement, \D*16,556.40")

    def test_r2_r3_rental_agreement_tells_the_delivery_route(self):
        text = self._print(self.agreements["rental"])
        self.assertIn("the lessor delivers to Partner One", text)
        self.assertIn("Delivery is free of charge", text)

    def test_r12_r15_rental_agreement_tells_extension_and_return(self):
        text = self._print(self.agreements["rental"])
        self.assertIn("up to 36 months from its first day", text)
        self.assertIn("secure pick-up for a fee", text)

    def test_mandate_names_reference_and_account(self):
        mandate = self.agreements["mandate"]
        text = self._print(mandate)
        self.assertIn(f"Mandate reference {mandate.name}", text)
        self.assertIn("NL91 ABNA 0417 1643 00", text)

    def test_a8_the_mandate_names_the_account_that_the_gate_checks(self):
        self.env["res.partner.bank"].create(
            {"partner_id": self.customer.id, "acc_number": "99887766", "sequence": -1}
        )
        self.customer.invalidate_recordset(["bank_ids"])  # to read them in their order
        self.assertEqual(self.customer.bank_ids[:1].acc_number, "99887766")
        self.order.action_waas_send_agreements()
        mandate = self.order.sudo().waas_agreement_ids.filtered(
            lambda agreement: agreement.kind == "mandate" and agreement.state == "sent"
        )
        text = self._print(mandate)
        self.assertIn("NL91 ABNA 0417 1643 00", text)
        self.assertNotIn("99887766", text)

    def test_r8_no_agreement_names_a_commission(self):
        self.assertEqual(self.order.waas_commission_amount, 600.0)
        for agreement in self.order.sudo().waas_agreement_ids:
            text = self._print(agreement)
            self.assertNotIn("ommission", text)
            self.assertNotIn("600.00", text)

    def test_r1_signature_block_is_empty_until_signed(self):
        text = self._print(self.agreements["rental"])
        self.assertIn("Signatures", text)
        self.assertNotIn("UTC", text)

    def test_r1_signed_agreement_tells_who_when_where_and_what(self):
        self._customer_signs(self.order)
        self._also_signs(self.order)
        rental = self.agreements["rental"]
        text = self._print(rental)
        for part in (
            "Ceo",
            f"{rental.customer_signed_on:%Y-%m-%d %H:%M:%S} UTC",
            f"{rental.company_signed_on:%Y-%m-%d %H:%M:%S} UTC",
            "127.0.0.1",
            "one-time code",
            rental.document_sha256,
        ):
            self.assertIn(part, text)
