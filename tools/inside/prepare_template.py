"""Finish a template database: chart of accounts, and the assets of the web client.

Compiling the assets takes longer than most tests; done here, it is done once and not
for every clone.
"""


def main(env, args):
    company = env.company
    if "chart_template" in company._fields and not company.chart_template:
        env["account.chart.template"].try_loading("nl", company)
    env["ir.qweb"]._pregenerate_assets_bundles()
