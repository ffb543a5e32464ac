"""Make the world of the product's tests, once for all their classes."""


def main(env, args):
    from odoo.addons.also_waas.tests.common import cases, prepared_world

    class World(cases.WaasCommon):
        """Nothing but the world."""

    prepared_world.make(World)
