def post_init_hook(env):
    """Give every company that exists already what a new one gets at creation."""
    companies = env["res.company"].with_context(active_test=False).search([])
    companies._waas_set_up()
    companies.filtered(lambda company: not company.waas_term_id).waas_term_id = env.ref(
        "also_waas.waas_term_36"
    )


def uninstall_hook(env):
    """Take the guard of the chain of custody away: its table goes next."""
    env.cr.execute("DROP FUNCTION IF EXISTS waas_custody_append_only() CASCADE")
