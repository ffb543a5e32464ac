"""Chapter: partners who bring deals, end customers who rent.

None of them exists. VAT numbers and IBANs have right check digits, and bank account
numbers that fail the banks' own test, so that no real account is meant.
"""

from odoo import Command

# key: name, street, zip, city, telephone, VAT, domain of mail
RESELLERS = {
    "bytewerk": (
        "Bytewerk ICT B.V.",
        ("Velperplein 23", "6811 AH", "Arnhem"),
        "+31 26 555 02 10",
        "NL952340124B01",
        "bytewerk.example",
    ),
    "kantoor": (
        "Kantoor Digitaal Oost B.V.",
        ("Dokterspad 4", "8025 AW", "Zwolle"),
        "+31 38 555 03 20",
        "NL953450235B01",
        "kantoordigitaal.example",
    ),
}

CUSTOMERS = {
    "bakery": (
        "Van Dijk Bakkerijen B.V.",
        ("Molenstraat 61", "6511 HD", "Nijmegen"),
        "+31 24 555 11 61",
        "NL954560346B01",
        "vandijkbakkerijen.example",
        "NL30RABO0319844502",
        "nl_NL",
    ),
    "architects": (
        "Lijn & Licht Architecten B.V.",
        ("Wilhelminakade 310", "3072 AR", "Rotterdam"),
        "+31 10 555 12 31",
        "NL955670457B01",
        "lijnenlicht.example",
        "NL62INGB0512336802",
        "en_US",
    ),
    "notary": (
        "Notariskantoor De Waag B.V.",
        ("Brink 56", "7411 BV", "Deventer"),
        "+31 570 55 51 56",
        "NL956780568B01",
        "dewaagnotarissen.example",
        "NL97ABNA0588210403",
        "nl_NL",
    ),
    "care": (
        "Zorggroep Maasvallei B.V.",
        ("Tegelseweg 210", "5912 BH", "Venlo"),
        "+31 77 555 14 02",
        "NL957890679B01",
        "zorgmaasvallei.example",
        "NL75RABO0133477204",
        "nl_NL",
    ),
    "installer": (
        "Hofstra Installatietechniek B.V.",
        ("Snekertrekweg 39", "8912 AA", "Leeuwarden"),
        "+31 58 555 15 39",
        "NL958900784B01",
        "hofstratechniek.example",
        "NL75ABNA0467920905",
        "nl_NL",
    ),
    "travel": (
        "Zonneschijn Reizen B.V.",
        ("Ginnekenstraat 88", "4811 JJ", "Breda"),
        "+31 76 555 16 88",
        "NL959010890B01",
        "zonneschijnreizen.example",
        "NL49INGB0675841206",
        "en_US",
    ),
}

# company: (key of the person, name, job, address before the @); the first signs.
CONTACTS = {
    "bytewerk": [
        ("bytewerk_sales", "Sanne Meijer", "Accountmanager", "sanne.meijer"),
        ("bytewerk_owner", "Tom Jacobs", "Directeur", "tom.jacobs"),
    ],
    "kantoor": [
        ("kantoor_sales", "Ruben Smeets", "Sales", "ruben.smeets"),
        ("kantoor_office", "Lotte Kuiper", "Binnendienst", "lotte.kuiper"),
    ],
    "bakery": [
        ("bakery_ceo", "Marieke van Dijk", "Directeur", "marieke"),
        ("bakery_it", "Joost Willems", "Systeembeheer", "joost"),
    ],
    "architects": [
        ("architects_ceo", "Daan Hendriks", "Partner", "daan.hendriks"),
    ],
    "notary": [
        ("notary_ceo", "mr. Eva de Groot", "Notaris", "e.degroot"),
        ("notary_office", "Bram Postma", "Kantoormanager", "b.postma"),
    ],
    "care": [
        ("care_ceo", "Yvonne Peters", "Bestuurder", "y.peters"),
        ("care_it", "Karim El Amrani", "Hoofd ICT", "k.elamrani"),
    ],
    "installer": [
        ("installer_ceo", "Sietske Hofstra", "Eigenaar", "sietske"),
    ],
    "travel": [
        ("travel_ceo", "Mark Vermeulen", "Directeur", "mark"),
    ],
}

# login: contact, groups beside those of the portal
PORTAL = {
    "partner": ("bytewerk_sales", ["also_waas.group_waas_reseller"]),
    "customer": ("bakery_ceo", []),
}


def tell(story):
    for key, company in RESELLERS.items():
        _introduce(story, key, *company, waas_is_reseller=True)
    for key, (*company, iban, lang) in CUSTOMERS.items():
        customer = _introduce(story, key, *company, lang=lang)
        story.env["res.partner.bank"].create(
            {"acc_number": iban, "partner_id": customer.id}
        )
    for login, (contact, groups) in PORTAL.items():
        story.users[login] = _open_portal(story, login, contact, groups)


def _introduce(story, key, name, address, phone, vat, domain, **values):
    street, postcode, city = address
    lang = values.setdefault("lang", "nl_NL")
    company = story.env["res.partner"].create(
        {
            "name": name,
            "is_company": True,
            "street": street,
            "zip": postcode,
            "city": city,
            "country_id": story.env.ref("base.nl").id,
            "phone": phone,
            "email": f"info@{domain}",
            "website": f"https://www.{domain}",
            "vat": vat,
            "company_registry": vat[2:10],
            "property_payment_term_id": story.env.ref(
                "account.account_payment_term_15days"
            ).id,
            **values,
        }
    )
    for contact, person, job, mailbox in CONTACTS[key]:
        story.partners[contact] = story.env["res.partner"].create(
            {
                "name": person,
                "parent_id": company.id,
                "type": "contact",
                "function": job,
                "email": f"{mailbox}@{domain}",
                "lang": lang,
            }
        )
    if values.get("waas_is_reseller"):
        story.env["res.partner"].create(
            {
                "name": f"{name}, magazijn",
                "parent_id": company.id,
                "type": "delivery",
                "street": street,
                "street2": "Achterom, laaddeur 2",
                "zip": postcode,
                "city": city,
                "country_id": story.env.ref("base.nl").id,
                "lang": lang,
            }
        )
    story.partners[key] = company
    return company


def _open_portal(story, login, contact, groups):
    names = ["base.group_portal", *groups]
    return (
        story.env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "partner_id": story.partners[contact].id,
                "login": login,
                "password": login,
                "company_id": story.company.id,
                "company_ids": [Command.set(story.company.ids)],
                "group_ids": [
                    Command.set([story.env.ref(name).id for name in names]),
                ],
                "lang": "en_US",
                "tz": "Europe/Amsterdam",
            }
        )
    )
