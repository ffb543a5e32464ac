def post_init_hook(env):
    """Give every company that exists already what a new one gets at creation."""
    env["res.company"].with_context(active_test=False).search([])._waas_set_up()
