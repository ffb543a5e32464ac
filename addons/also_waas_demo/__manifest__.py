# Copyright 2026 ALSO
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Workplace as a Service: Demo",
    "summary": "A Dutch company with its partners, customers and deals in every state",
    "version": "19.0.2.0.0",
    "category": "Sales/Subscriptions",
    "license": "AGPL-3",
    "author": "ALSO",
    "website": "https://www.also.com",
    "depends": ["also_waas", "l10n_nl"],
    # The story takes place on days in the past: see story/story.py.
    "external_dependencies": {"python": ["freezegun"]},
    "data": [
        "security/ir.model.access.csv",
        "views/waas_demo_mail_views.xml",
        "views/waas_demo_subscription_views.xml",
    ],
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
}
