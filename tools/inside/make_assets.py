"""Compile the assets of the web client and the portal with those of our addons.

Odoo's test runner does so before the first test: here it is done once and not for every
clone.
"""


def main(env, args):
    env["ir.qweb"]._pregenerate_assets_bundles()
