"""Uninstall the product and what stands on it."""


def main(env, args):
    modules = env["ir.module.module"]
    modules.search([("name", "=", "also_waas")]).button_immediate_uninstall()
