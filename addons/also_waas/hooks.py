def post_init_hook(env):
    """Give every company that exists already what a new one gets at creation."""
    env["res.company"].with_context(active_test=False).search([])._waas_set_up()


def uninstall_hook(env):
    """Take the guard of the chain of custody away: its table goes next."""
    env.cr.execute("DROP FUNCTION IF EXISTS waas_custody_append_only() CASCADE")
