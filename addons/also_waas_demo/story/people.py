"""Chapter: the people at ALSO. Each has the rights of one job and no more, so that
whoever logs in sees what that job sees."""

from odoo import Command

# login: name, groups; the password is the login.
PEOPLE = {
    "backoffice": (
        "Femke Bakker",
        ["also_waas.group_waas_manager", "account.group_account_readonly"],
    ),
    "seller": ("Jeroen Visser", ["also_waas.group_waas_user"]),
    "credit": ("Anouk Smit", ["also_waas.group_waas_credit_officer"]),
    "accountant": ("Pieter de Boer", ["account.group_account_manager"]),
}


def tell(story):
    for login, (name, groups) in PEOPLE.items():
        story.users[login] = _hire(story, login, name, groups)
    story.env.ref("base.user_admin").write(
        {
            "tz": "Europe/Amsterdam",
            # Not a credit officer: a check takes four eyes (R1).
            "group_ids": [
                Command.link(story.env.ref("also_waas.group_waas_manager").id)
            ],
        }
    )


def _hire(story, login, name, groups):
    user = story.env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": name,
            "login": login,
            "password": login,
            "email": f"{name.lower().replace(' ', '.')}@also.example",
            "company_id": story.company.id,
            "company_ids": [Command.set(story.company.ids)],
            "group_ids": [
                Command.link(story.env.ref(group).id)
                for group in ["base.group_user", *groups]
            ],
            "lang": "en_US",
            "tz": "Europe/Amsterdam",
            "notification_type": "inbox",
            "odoobot_state": "disabled",
            "tour_enabled": False,
        }
    )
    user.signature = f"{name}<br/>ALSO Nederland B.V."
    return user
