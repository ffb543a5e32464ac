"""Chapter: partners who bring deals, end customers who rent, a company that erases.

All of them are fictitious. VAT numbers and IBANs have correct check digits, but the
bank account numbers fail the banks' own test, so that they match no real account.
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
    "estate": (
        "Kade & Co Makelaars B.V.",
        ("Spaarne 94", "2011 CL", "Haarlem"),
        "+31 23 555 17 94",
        "NL960120890B01",
        "kademakelaars.example",
        "NL67INGB0731204408",
        "nl_NL",
    ),
    "agency": (
        "Reclamebureau Blikvanger B.V.",
        ("Boterdiep 42", "9712 LP", "Groningen"),
        "+31 50 555 18 42",
        "NL961230903B01",
        "blikvanger.example",
        "NL24RABO0188370519",
        "nl_NL",
    ),
    "dentist": (
        "Tandheelkunde Het Anker B.V.",
        ("Hoofdstraat 117", "7311 JV", "Apeldoorn"),
        "+31 55 555 19 17",
        "NL962340121B01",
        "hetankertandartsen.example",
        "NL81ABNA0602914436",
        "nl_NL",
    ),
    "bookshop": (
        "Boekhandel De Leesplank B.V.",
        ("Langestraat 73", "3811 AD", "Amersfoort"),
        "+31 33 555 20 73",
        "NL963450232B01",
        "deleesplank.example",
        "NL50INGB0845117731",
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

# Picks returned devices up and erases them, certified (R15).
PROCESSOR = (
    "Datawis Nederland B.V.",
    ("Ambachtsweg 12", "3812 RG", "Amersfoort"),
    "+31 33 555 40 12",
    "NL964560331B01",
    "datawis.example",
)

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
    "estate": [
        ("estate_ceo", "Floor Dekker", "Makelaar", "floor"),
        ("estate_office", "Hugo Prins", "Binnendienst", "hugo"),
    ],
    "agency": [
        ("agency_ceo", "Noor van Leeuwen", "Directeur", "noor"),
    ],
    "dentist": [
        ("dentist_ceo", "Willemijn Bos", "Tandarts", "w.bos"),
    ],
    "bookshop": [
        ("bookshop_ceo", "Cees Mulder", "Eigenaar", "cees"),
    ],
    "wiper": [
        ("wiper_planning", "Esra Yilmaz", "Planning", "planning"),
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
    _introduce(
        story,
        "wiper",
        *PROCESSOR,
        waas_is_processor=True,
        waas_processor_certificate_ids=[
            Command.create(
                {
                    "standard": "ADISA ICT Asset Recovery Standard 8.0",
                    "number": "ADISA-NL-0417",
                    "valid_from": story.day(500),
                    "valid_until": story.day(-230),
                }
            )
        ],
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
