def post_init_hook(env):
    """Set up the existing companies as new ones are set up at their creation."""
    companies = env["res.company"].with_context(active_test=False).search([])
    companies._waas_set_up()
    companies.filtered(lambda company: not company.waas_term_id).waas_term_id = env.ref(
        "also_waas.waas_term_36"
    )


def uninstall_hook(env):
    """Remove the protection of the chain of custody: its table is dropped next."""
    env.cr.execute("DROP FUNCTION IF EXISTS waas_custody_append_only() CASCADE")
