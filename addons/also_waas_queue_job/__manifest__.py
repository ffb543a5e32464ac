# Copyright 2026 ALSO
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Workplace as a Service: Job Queue",
    "summary": "Invoice runs that several workers and machines share",
    "version": "19.0.2.0.0",
    "category": "Sales/Subscriptions",
    "license": "AGPL-3",
    "author": "ALSO",
    "website": "https://www.also.com",
    "depends": ["also_waas", "queue_job"],
    "data": [
        "data/queue_job_data.xml",
        "views/waas_invoice_run_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
