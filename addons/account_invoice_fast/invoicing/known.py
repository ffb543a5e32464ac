"""What is known of invoices: what the fast ways leave out, the modules that may extend
it, and the fields, lines and accounts that the builder knows.
"""

# Left out by both fast ways: the sync stack and the methods that feed it. The builder
# computes the same with Odoo's own engines of taxes and payment terms.
LEFT_OUT_OF_CREATE = {
    "account.move": (
        "create",
        "_create",
        "_prepare_create_values",
        "_check_company",
        "_sanitize_vals",
        "_get_protected_vals",
        "_check_balanced",
        "_get_unbalanced_moves",
        "_get_sync_stack",
        "_sync_dynamic_lines",
        "_sync_dynamic_line",
        "_sync_dynamic_line_needed_values",
        "_sync_tax_lines",
        "_sync_rounding_lines",
        "_sync_unbalanced_lines",
        "_sync_non_deductible_base_lines",
        "_sync_invoice",
        "_synchronize_business_models",
        "_get_rounded_base_and_tax_lines",
        "_get_discount_allocation_account",
        "_get_product_base_line_currency_rate",
        "_prepare_product_base_line_for_taxes_computation",
        "_compute_amount",
        "_compute_payment_state",
        "_compute_needed_terms",
        "_compute_invoice_date_due",
        "_compute_always_tax_exigible",
        "_compute_direction_sign",
        "_inverse_partner_id",
        "_inverse_company_id",
        "_inverse_currency_id",
        "_inverse_journal_id",
        "_inverse_invoice_payment_term_id",
        "_inverse_delivery_date",
    ),
    "account.move.line": (
        "create",
        "_create",
        "_prepare_create_values",
        "_check_company",
        "_sanitize_vals",
        "_sync_invoice",
        "_compute_name",
        "_compute_account_id",
        "_compute_display_type",
        "_compute_tax_ids",
        "_get_computed_taxes",
        "_compute_product_uom_id",
        "_compute_analytic_distribution",
        "_get_analytic_distribution_arguments",
        "_related_analytic_distribution",
        "_compute_partner_id",
        "_compute_currency_id",
        "_compute_quantity",
        "_compute_sequence",
        "_compute_balance",
        "_compute_debit_credit",
        "_compute_amount_currency",
        "_compute_amount_residual",
        "_compute_totals",
        "_compute_is_storno",
        "_compute_no_followup",
        "_compute_discount_allocation_needed",
        "_compute_epd_needed",
        "_inverse_partner_id",
        "_inverse_product_id",
        "_inverse_account_id",
        "_inverse_amount_currency",
        "_inverse_debit",
        "_inverse_credit",
        "_inverse_analytic_distribution",
        "_inverse_no_followup",
    ),
    # Called by the builder, but with plain values instead of the sync stack's records.
    "account.tax": (
        "_get_base_line_field_value_from_record",
        "_prepare_base_line_for_taxes_computation",
        "_add_tax_details_in_base_line",
        "_round_base_lines_tax_details",
        "_round_tax_details_tax_amounts",
        "_round_tax_details_base_lines",
        "_add_accounting_data_to_base_line_tax_details",
        "_add_accounting_data_in_base_lines_tax_details",
        "_prepare_base_line_grouping_key",
        "_prepare_base_line_tax_repartition_grouping_key",
        "_prepare_tax_lines",
    ),
    "account.payment.term": ("_compute_terms",),
    "account.fiscal.position": ("map_account", "map_tax"),
}

# Computed once for many customers: the fields of a customer that they read are known.
FISCAL_POSITIONS = {
    "account.fiscal.position": (
        "_get_fiscal_position",
        "_get_first_matching_fpos",
        "_get_fpos_validation_functions",
    ),
    "account.move": ("_compute_fiscal_position_id",),
}

# Left out by the bulk way as well: methods on a draft until it is posted.
LEFT_OUT_OF_POST = {
    "account.move": (
        "write",
        "_write",
        "_write_multi",
        "_post",
        "_hash_moves",
        "_set_next_sequence",
        "_compute_name",
        "_inverse_name",
        "_compute_split_sequence",
        "_compute_made_sequence_gap",
        "_set_next_made_sequence_gap",
        "_compute_payment_reference",
        "_inverse_payment_reference",
        "_get_invoice_computed_reference",
        "_get_invoice_reference_odoo_invoice",
        "_compute_checked",
        "_check_fiscal_lock_dates",
        "_get_accounting_date",
        "_get_violated_lock_dates",
        "_copy_recurring_entries",
        "_invoice_paid_hook",
    ),
    "account.move.line": (
        "write",
        "_write",
        "_write_multi",
        "_check_tax_lock_date",
        "_check_constrains_account_id_journal_id",
        "_reconcile_marked",
    ),
}

# Modules that may extend any of these: Odoo's own ORM and accounting.
READ_EVERYWHERE = frozenset({"odoo.orm.models", "account"})
# Extensions by Odoo's other modules, and why they change nothing on a regular invoice.
# Other addons add theirs by ``account.move._get_read_extensions()``.
READ = {
    # Chatter and tracking: silent with tracking disabled.
    ("account.move", "create"): {"mail"},
    ("account.move", "write"): {"mail"},
    # Keeps the delivery date, which only orders compute.
    ("account.move", "_get_protected_vals"): {"sale_stock"},
    # Rounds the analytic distribution, as the builder does.
    ("account.move.line", "create"): {"analytic"},
    ("account.move.line", "write"): {"analytic"},
    # The salesperson's team; nothing about lines.
    ("account.move", "_compute_team_id"): {"sale"},
    # Of the lines' sales orders: a line with one is not regular.
    ("account.move", "_compute_delivery_date"): {"sale_stock"},
    ("account.move", "_compute_incoterm_location"): {"sale_stock"},
    ("account.move.line", "_related_analytic_distribution"): {"sale"},
    # Its own is an empty one, which accounting fills.
    ("account.move.line", "_compute_analytic_distribution"): {"analytic"},
    # Payments of a sales order's transactions; cost of goods of storable products.
    ("account.move", "_post"): {"sale", "stock_account"},
    ("account.move", "_invoice_paid_hook"): {"sale"},
    # Vendor bills of storable products.
    ("account.move.line", "_compute_account_id"): {"stock_account"},
    # Only lines of cost of goods.
    ("account.move.line", "_inverse_product_id"): {"stock_account"},
    # Down payments; companies with storno accounting.
    ("account.move.line", "_compute_is_storno"): {"sale"},
}

# Columns that the builder reads from a new record without lines: they do not depend on
# lines.
HEADER_COLUMNS = (
    "move_type",
    "company_id",
    "journal_id",
    "currency_id",
    "partner_id",
    "commercial_partner_id",
    "partner_shipping_id",
    "partner_bank_id",
    "invoice_payment_term_id",
    "preferred_payment_method_line_id",
    "invoice_user_id",
    "invoice_incoterm_id",
    "incoterm_location",
    "invoice_partner_display_name",
    "invoice_currency_rate",
    "invoice_date",
    "date",
    "delivery_date",
    "taxable_supply_date",
    "auto_post",
    "auto_post_until",
    "narration",
    # Of sale, where it is installed.
    "team_id",
)
# Modules whose columns the builder fills; values of others are those of the caller, or
# computed by the ORM.
BUILT_MODULES = (None, "account", "analytic", "sale")
# Fields that the caller may give, besides plain columns of other modules.
HEADER_FIELDS = frozenset(
    {
        "move_type",
        "company_id",
        "journal_id",
        "currency_id",
        "partner_id",
        "partner_shipping_id",
        "partner_bank_id",
        "fiscal_position_id",
        "invoice_payment_term_id",
        "preferred_payment_method_line_id",
        "invoice_date",
        "invoice_date_due",
        "invoice_user_id",
        "invoice_origin",
        "invoice_incoterm_id",
        "invoice_line_ids",
        "narration",
        "ref",
    }
)
LINE_FIELDS = frozenset(
    {
        "product_id",
        "account_id",
        "tax_ids",
        "product_uom_id",
        "name",
        "quantity",
        "price_unit",
        "discount",
        "sequence",
        "display_type",
        "analytic_distribution",
    }
)
TEXT_LINES = frozenset({"line_section", "line_subsection", "line_note"})
NOT_OF_TEXT = ("product_id", "tax_ids", "account_id", "analytic_distribution")
DISPLAY_TYPES = frozenset({"product"}) | TEXT_LINES
IRREGULAR_ACCOUNTS = frozenset({"asset_receivable", "liability_payable", "off_balance"})
TAX_TYPES = frozenset({"percent", "fixed", "division", "group"})
