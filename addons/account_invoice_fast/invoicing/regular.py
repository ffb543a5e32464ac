"""What a regular invoice is: the guard before the fast ways.

The fast ways leave out code that ``create()``, ``write()`` and ``_post()`` run, because
on a *regular* invoice that code changes nothing that the builder has not filled in
already. Two things can break that: a module that extends what is left out, and an
invoice that uses a feature which the builder does not know.

The guard therefore allows what is known (see :mod:`.known`). The methods that are left
out may be extended only by modules that were reviewed for it. An invoice may have only
fields that are listed, or that are plain columns. Everything else takes a slower way,
with a sentence that gives the reason.
"""

from functools import cached_property

from .invoice import NotRegularError, Way
from .known import (
    DISPLAY_TYPES,
    FISCAL_POSITIONS,
    HEADER_COLUMNS,
    HEADER_FIELDS,
    IRREGULAR_ACCOUNTS,
    LEFT_OUT_OF_CREATE,
    LEFT_OUT_OF_POST,
    LINE_FIELDS,
    NOT_OF_TEXT,
    READ_EVERYWHERE,
    TAX_TYPES,
    TEXT_LINES,
)


class Guard:
    """Finds the fastest way that an invoice may take, and why it cannot take a faster
    one.

    One guard serves one call: its caches may be outdated in the next.
    """

    def __init__(self, env):
        self.env = env
        self.read = env["account.move"]._get_read_extensions()
        self._answers = {}

    # === CODE OF THE DATABASE ===#

    def get_overriders(self, model_name, method_name):
        """Modules that define a method, nearest first.

        Automation rules and audit logs patch methods at run time, on a class of the
        registry itself: that class belongs to no module.
        """
        return [
            "a patch"
            if "pool" in cls.__dict__
            else cls.__dict__.get("_module") or cls.__module__
            for cls in type(self.env[model_name]).__mro__
            if method_name in cls.__dict__
        ]

    def _find_stranger(self, methods_by_model):
        """The first extension that was not reviewed, as a sentence; or ``""``."""
        for model_name, method_names in methods_by_model.items():
            for method_name in method_names:
                read = READ_EVERYWHERE | self.read.get((model_name, method_name), set())
                for module in self.get_overriders(model_name, method_name):
                    if module not in read:
                        return f"{module} extends {model_name}.{method_name}"
        return ""

    @cached_property
    def code_reason(self):
        """Why no invoice of this database can be written without ``create()``."""
        fields = self.env["account.move"]._fields
        computes = {
            fields[name].compute for name in HEADER_COLUMNS if name in fields
        } - {None}
        return self._find_stranger(LEFT_OUT_OF_CREATE) or self._find_stranger(
            {"account.move": sorted(computes)}
        )

    @cached_property
    def post_reason(self):
        """Why no invoice of this database can be posted without ``_post()``."""
        return self._find_stranger(LEFT_OUT_OF_POST)

    def knows_constraints(self, model_name):
        """Whether all Python constraints of a model belong to Odoo's own accounting."""
        key = ("constraints", model_name)
        if key not in self._answers:
            self._answers[key] = all(
                module in READ_EVERYWHERE
                for name in self._find_constraints(model_name)
                for module in self.get_overriders(model_name, name)
            )
        return self._answers[key]

    def _find_constraints(self, model_name):
        return {
            name
            for cls in type(self.env[model_name]).__mro__
            for name, value in cls.__dict__.items()
            if hasattr(value, "_constrains")
        }

    @cached_property
    def knows_fiscal_positions(self):
        return not self._find_stranger(FISCAL_POSITIONS)

    # === SETTINGS ===#

    def check_company(self, company):
        """Settings that make every invoice of a company irregular."""
        if company.account_storno:
            raise NotRegularError("the company books storno")
        if company.restrictive_audit_trail:
            raise NotRegularError("the company keeps a restrictive audit trail")
        if company.parent_id or company.child_ids:
            raise NotRegularError("the company is a branch, or has branches")
        if (
            company.account_discount_expense_allocation_id
            or company.account_discount_income_allocation_id
        ):
            raise NotRegularError("the company allocates discounts to an account")

    def check_context(self):
        """Defaults in a context reach fields that the builder does not read."""
        if any(key.startswith("default_") for key in self.env.context):
            raise NotRegularError("the context carries default values")

    # === VALUES OF THE CALLER ===#

    def check_vals(self, vals):
        """Check an invoice as the caller gives it, before anything is computed."""
        self._check_fields("account.move", vals, HEADER_FIELDS)
        if vals.get("move_type") not in ("out_invoice", "out_refund"):
            raise NotRegularError("not an invoice or a credit note of a customer")
        if not vals.get("partner_id") or not vals.get("invoice_date"):
            raise NotRegularError("no customer, or no invoice date")
        if vals.get("invoice_date_due") and vals.get("invoice_payment_term_id"):
            raise NotRegularError("a due date and a payment term")
        has_product = False
        for command in vals.get("invoice_line_ids") or ():
            has_product |= self._check_line(command)
        if not has_product:
            raise NotRegularError("no line with an amount")

    def _check_line(self, command):
        """:return: whether it is a line with an amount"""
        operation, _id, values = command
        if operation != 0:
            raise NotRegularError("a line that is not new")
        self._check_fields("account.move.line", values, LINE_FIELDS)
        display_type = values.get("display_type") or "product"
        if display_type not in DISPLAY_TYPES:
            raise NotRegularError(f"a line of the type {display_type}")
        if display_type in TEXT_LINES:
            if any(values.get(name) for name in NOT_OF_TEXT):
                raise NotRegularError("a note with a product, a tax or an account")
            return False
        if not values.get("product_id") and not values.get("account_id"):
            raise NotRegularError("a line without product and account")
        if values.get("price_unit") is None:
            raise NotRegularError("a line without price")
        if "quantity" in values and not values["quantity"]:
            raise NotRegularError("a line without quantity")
        if "__update__" in (values.get("analytic_distribution") or ()):
            raise NotRegularError("an analytic distribution that updates another")
        return True

    def _check_fields(self, model_name, vals, known):
        for name in vals:
            if name not in known and not self._is_plain_column(model_name, name):
                raise NotRegularError(f"{model_name}.{name} is given")

    def _is_plain_column(self, model_name, name):
        """Whether a field of another module is a plain column."""
        key = (model_name, name)
        if key not in self._answers:
            field = self.env[model_name]._fields.get(name)
            self._answers[key] = bool(
                field
                and field.store
                and field.column_type
                and not (field.compute or field.inverse or field.related)
                and self.env[model_name]._has_field_access(field, "write")
                and field._module not in ("account", "analytic", "sale", "base", None)
            )
        return self._answers[key]

    # === VALUES OF THE BUILDER ===#

    def check_header(self, header):
        """Check the computed header: its journal, dates and payment term."""
        journal = self.env["account.journal"].browse(header["journal_id"])
        if journal.type != "sale" or journal.company_id.id != header["company_id"]:
            raise NotRegularError("the journal is not a sales journal of the company")
        if header["auto_post"] != "no":
            raise NotRegularError("it is posted later")
        if self._is_locked(journal, header["date"]):
            raise NotRegularError("its date is in a closed period")
        term = self.env["account.payment.term"].browse(
            header["invoice_payment_term_id"] or ()
        )
        if term.early_discount and term.early_pay_discount_computation == "mixed":
            raise NotRegularError("the early payment discount splits the tax")
        if not header["invoice_currency_rate"]:
            raise NotRegularError("no currency rate")

    def _is_locked(self, journal, date):
        key = ("locked", journal.id, date)
        if key not in self._answers:
            self._answers[key] = bool(
                journal.company_id._get_violated_lock_dates(date, True, journal)
            )
        return self._answers[key]

    def check_product_line(self, product, account, taxes):
        """Check the product, account and taxes that the builder found for a line."""
        if not account:
            raise NotRegularError("a line without account")
        if "is_storable" in product._fields and product.is_storable:
            raise NotRegularError("a storable product: cost of goods")
        if account.account_type in IRREGULAR_ACCOUNTS:
            raise NotRegularError("an account of receivables, payables or off balance")
        if any(
            tax.amount_type not in TAX_TYPES for tax in taxes.flatten_taxes_hierarchy()
        ):
            raise NotRegularError("a tax that is computed by a formula")

    def check_total(self, currency, total):
        if currency.is_zero(total):
            raise NotRegularError("nothing to pay")
        if total < 0:
            raise NotRegularError("a negative total")

    # === POSTING IN BULK ===#

    def find_post_reason(self, invoice):
        """Why this invoice cannot be posted in bulk; ``""`` if it can."""
        if self.post_reason:
            return self.post_reason
        header = invoice.header
        return (
            self._find_journal_reason(header["journal_id"])
            or self._find_currency_reason(header["currency_id"])
            or self._find_bank_reason(header["partner_bank_id"])
            or self._find_accounts_reason(
                header["company_id"],
                header["currency_id"],
                frozenset(
                    line["account_id"] for line in invoice.lines if line["account_id"]
                ),
            )
        )

    def _remember(self, *key, find):
        if key not in self._answers:
            self._answers[key] = find()
        return self._answers[key]

    def _find_journal_reason(self, journal_id):
        journal = self.env["account.journal"].browse(journal_id)

        def find():
            if not journal.active:
                return "the journal is archived"
            if journal.restrict_mode_hash_table:
                return "the journal secures its entries with a hash"
            reference = (
                journal.invoice_reference_model,
                journal.invoice_reference_type,
            )
            if reference != ("odoo", "invoice"):
                return "the journal's payment reference is not the invoice's number"
            return ""

        return self._remember("journal", journal_id, find=find)

    def _find_currency_reason(self, currency_id):
        currency = self.env["res.currency"].browse(currency_id)
        return "" if currency.active else "the currency is archived"

    def _find_bank_reason(self, bank_id):
        bank = self.env["res.partner.bank"].browse(bank_id or ())
        return "the bank account is archived" if bank and not bank.active else ""

    def _find_accounts_reason(self, company_id, currency_id, account_ids):
        company = self.env["res.company"].browse(company_id)
        accounts = self.env["account.account"].browse(account_ids)

        def find():
            if not all(accounts.mapped("active")):
                return "an account is archived"
            # The companies of an account decide, but are not shown.
            if any(company not in account.sudo().company_ids for account in accounts):
                return "an account of another company"
            foreign = accounts.currency_id - company.currency_id
            if foreign and foreign.ids != [currency_id]:
                return "an account that forces another currency"
            return ""

        return self._remember(
            "accounts", company_id, currency_id, account_ids, find=find
        )

    # === RESULT FOR THE VALUES OF THE CALLER ===#

    def judge(self, invoice):
        """Slow an invoice down to the ordinary way if it cannot be built."""
        try:
            if self.code_reason:
                raise NotRegularError(self.code_reason)
            self.check_context()
            self.check_vals(invoice.vals)
        except NotRegularError as reason:
            invoice.slow_down(Way.ORDINARY, reason)
