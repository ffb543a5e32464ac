"""Chapter: the company, its books and its letterhead."""

import base64

from odoo.tools import file_open

DUTCH_MODULES = (
    "base",
    "web",
    "mail",
    "portal",
    "product",
    "account",
    "sale",
    "sale_management",
    "stock",
    "contract",
    "also_waas",
)


def tell(story):
    _load_dutch(story)
    _load_chart(story)
    _name_company(story)
    _open_bank_account(story)
    _silence_noise(story)


def _load_dutch(story):
    """Load Dutch: documents are sent in the language of the reader."""
    story.env["res.lang"]._activate_lang("nl_NL")
    story.env["ir.module.module"].search(
        [("name", "in", DUTCH_MODULES)]
    )._update_translations(["nl_NL"])


def _load_chart(story):
    company = story.company
    company.country_id = story.env.ref("base.nl")
    if company.chart_template != "nl":
        # What try_loading does, without its warning that other addons may still have to
        # be loaded: those of this story are.
        story.env["account.chart.template"]._load("nl", company, install_demo=False)


def _name_company(story):
    company = story.company
    with file_open("also_waas_demo/static/img/logo.png", "rb") as file:
        logo = base64.b64encode(file.read())
    company.write(
        {
            "name": "ALSO Nederland B.V.",
            "street": "Westkanaaldijk 118",
            "zip": "6541 BV",
            "city": "Nijmegen",
            "country_id": story.env.ref("base.nl").id,
            "phone": "+31 24 555 01 00",
            "email": "waas@also.example",
            "website": "https://www.also.example",
            "vat": "NL951200318B01",
            "company_registry": "95120031",
            "waas_enabled": True,
            "waas_creditor_identifier": "NL28ZZZ951200310000",
            "logo": logo,
            # === Letterhead ===
            "external_report_layout_id": story.env.ref(
                "web.external_layout_standard"
            ).id,
            "paperformat_id": story.env.ref("base.paperformat_euro").id,
            "font": "Lato",
            "primary_color": "#004e92",
            "secondary_color": "#00a3ad",
            "company_details": (
                "ALSO Nederland B.V.<br/>Westkanaaldijk 118<br/>6541 BV Nijmegen"
            ),
            "report_footer": (
                "ALSO Nederland B.V. · KvK 95120031 · BTW NL951200318B01 · "
                "IBAN NL34INGB0417164301 · waas@also.example"
            ),
        }
    )
    warehouse = story.env["stock.warehouse"].search(
        [("company_id", "=", company.id)], limit=1
    )
    warehouse.name = "Warehouse Nijmegen"


def _open_bank_account(story):
    """The account to which rent is paid; it is printed on invoices."""
    company = story.company
    account = story.env["res.partner.bank"].create(
        {
            "acc_number": "NL34INGB0417164301",
            "partner_id": company.partner_id.id,
            "allow_out_payment": True,
        }
    )
    journal = story.env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    journal.bank_account_id = account


def _silence_noise(story):
    """Disable everything else that asks for attention: text messages, digests,
    onboarding panels, the bot."""
    story.company.stock_text_confirmation = False
    story.env["digest.digest"].search([]).state = "deactivated"
    for onboarding in story.env["onboarding.onboarding"].search([]):
        onboarding.action_close()
    users = story.env["res.users"].search([("share", "=", False)])
    users.write({"odoobot_state": "disabled"})
    users.filtered("tour_enabled").write({"tour_enabled": False})
