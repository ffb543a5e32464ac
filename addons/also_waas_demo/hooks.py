from odoo.exceptions import UserError

from . import story


def pre_init_hook(env):
    """Refuse a database that is in use: the story renames its company and replaces its
    chart of accounts."""
    for model in ("sale.order", "account.move", "stock.picking"):
        if env[model].search_count([], limit=1):
            raise UserError(
                env._(
                    "This database has business of its own (%(model)s). Install the "
                    "demo of Workplace as a Service in a new database.",
                    model=env[model]._description,
                )
            )


def post_init_hook(env):
    """Tell the story. It is not demo data in Odoo's sense: users who install this addon
    want it, also in a database without demo data."""
    story.tell(env)
