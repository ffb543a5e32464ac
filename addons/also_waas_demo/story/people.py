"""Chapter: the users at ALSO. Each has the rights of one job only, so that a login
shows what that job sees."""

from odoo import Command

# login: name, groups, first screen; the password is the login.
PEOPLE = {
    "backoffice": (
        "Femke Bakker",
        ["also_waas.group_waas_manager", "account.group_account_readonly"],
        "also_waas.sale_order_action_deals",
    ),
    "seller": (
        "Jeroen Visser",
        ["also_waas.group_waas_user"],
        "also_waas.sale_order_action_deals",
    ),
    "credit": (
        "Anouk Smit",
        ["also_waas.group_waas_credit_officer"],
        "also_waas.waas_credit_check_action",
    ),
    "accountant": (
        "Pieter de Boer",
        ["account.group_account_manager"],
        "also_waas.contract_contract_action_waas",
    ),
}


def tell(story):
    for login, (name, groups, screen) in PEOPLE.items():
        story.users[login] = _hire(story, login, name, groups, screen)


def promote_admin(story):
    """Give the administrator the rights of a WaaS manager. This comes last: until then
    the story asks the back office to sign, not the first user in the list.

    Not those of a credit officer: a check takes four eyes (R1).
    """
    story.env.ref("base.user_admin").write(
        {
            "tz": "Europe/Amsterdam",
            "email": "admin@also.example",
            "group_ids": [
                Command.link(story.env.ref("also_waas.group_waas_manager").id)
            ],
        }
    )


def _hire(story, login, name, groups, screen):
    user = (
        story.env["res.users"]
        .with_context(no_reset_password=True)
        .create(
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
                "action_id": story.env.ref(screen).id,
                "lang": "en_US",
                "tz": "Europe/Amsterdam",
                "notification_type": "inbox",
                "odoobot_state": "disabled",
                "tour_enabled": False,
            }
        )
    )
    user.signature = f"{name}<br/>ALSO Nederland B.V."
    return user
