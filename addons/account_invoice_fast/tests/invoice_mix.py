"""Customer invoices of every kind that a regular one can have, and a comparison of the
ways to post them.

For the tests, and for benchmarks: ``compare_ways(env, 1000)`` returns the differences
that 1,000 invoices show between Odoo's ordinary way and the fast ones.
"""

import random
from datetime import date, timedelta
from functools import cached_property

from odoo import Command
from odoo.tools import SQL

FIRST_DAY = date(2026, 1, 1)
PRICES = (33.33, 0.335, 99.995, 1e5 / 7, 45.99, 79.0, 0.01, 1234.5, 2.5)
QUANTITIES = (1.0, 1.0, 1.0, 2.0, 3.0, 12.5, 0.333, 10.0)
DISCOUNTS = (0.0, 0.0, 0.0, 10.0, 33.33, 12.345, 50.0)
# Columns that say who and when, not what.
LOG_COLUMNS = {"create_uid", "create_date", "write_uid", "write_date"}


class InvoiceMix:
    """A small world of customers, products and taxes, and invoices made of it."""

    def __init__(self, env, seed=0):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = self.env.company
        self.random = random.Random(seed)
        self.country = self.company.account_fiscal_country_id
        # Now, not when first used: that may be inside what is undone.
        for part in ("journal", "currencies", "products", "analytic", "customers"):
            getattr(self, part)

    def make(self, number):
        """:return: list of values as ``account.move.create()`` takes them"""
        return [self._make_invoice(index) for index in range(number)]

    # === THE WORLD ===#

    @cached_property
    def journal(self):
        return self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)], limit=1
        )

    @cached_property
    def currencies(self):
        """Ours, and a foreign one with a rate that rounds badly."""
        foreign = self.env.ref(
            "base.GBP" if self.company.currency_id.name != "GBP" else "base.EUR"
        )
        foreign.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 0.8573219,
                "currency_id": foreign.id,
                "company_id": self.company.id,
            }
        )
        return self.company.currency_id, foreign

    def _create_account(self, code, account_type, **values):
        return self.env["account.account"].create(
            {
                "code": code,
                "name": f"Mix {code}",
                "account_type": account_type,
                "company_ids": self.company.ids,
                **values,
            }
        )

    @cached_property
    def accounts(self):
        return {
            "income": self._create_account("MIX401", "income"),
            "other_income": self._create_account("MIX402", "income_other"),
            "abroad": self._create_account("MIX403", "income"),
            "deferred": self._create_account(
                "MIX240", "liability_current", reconcile=True
            ),
            "vat": self._create_account("MIX210", "liability_current"),
            "receivable": self._create_account(
                "MIX110", "asset_receivable", reconcile=True
            ),
        }

    def _create_tax(self, name, amount, **values):
        tags = self.env["account.account.tag"].create(
            [
                {
                    "name": f"{name} {kind}",
                    "applicability": "taxes",
                    "country_id": self.country.id,
                }
                for kind in ("base", "tax")
            ]
        )
        parts = [
            Command.create({"repartition_type": "base", "tag_ids": tags[0].ids}),
            Command.create(
                {
                    "repartition_type": "tax",
                    "account_id": self.accounts["vat"].id,
                    "tag_ids": tags[1].ids,
                }
            ),
        ]
        return self.env["account.tax"].create(
            {
                "name": f"Mix {name}",
                "amount": amount,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.country.id,
                "invoice_repartition_line_ids": parts,
                "refund_repartition_line_ids": parts,
                **values,
            }
        )

    @cached_property
    def taxes(self):
        """Lists of taxes that a line may have."""
        high = self._create_tax("21%", 21.0)
        low = self._create_tax("9%", 9.0, analytic=True)
        zero = self._create_tax("0%", 0.0)
        included = self._create_tax(
            "21% included", 21.0, price_include_override="tax_included"
        )
        fixed = self._create_tax(
            "Eco", 0.55, amount_type="fixed", include_base_amount=True, sequence=1
        )
        split = self._create_tax(
            "Split",
            21.0,
            invoice_repartition_line_ids=self._make_split(),
            refund_repartition_line_ids=self._make_split(),
        )
        children = self._create_tax("5%", 5.0, type_tax_use="none")
        children |= self._create_tax("7%", 7.0, type_tax_use="none")
        group = self.env["account.tax"].create(
            {
                "name": "Mix group",
                "amount_type": "group",
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.country.id,
                "children_tax_ids": [Command.set(children.ids)],
            }
        )
        cash_basis = self._create_tax(
            "Cash basis",
            21.0,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=self.accounts["deferred"].id,
        )
        nothing = self.env["account.tax"]
        return [
            high,
            low,
            zero,
            included,
            fixed | high,
            high | low,
            split,
            group,
            cash_basis,
            nothing,
        ]

    def _make_split(self):
        return [
            Command.create({"repartition_type": "base"}),
            Command.create(
                {
                    "repartition_type": "tax",
                    "factor_percent": 33.33,
                    "account_id": self.accounts["vat"].id,
                }
            ),
            Command.create({"repartition_type": "tax", "factor_percent": 66.67}),
        ]

    @cached_property
    def products(self):
        incomes = ("income", "income", "other_income", "deferred")
        return self.env["product.product"].create(
            [
                {
                    "name": f"Mix product {index}",
                    "type": "service",
                    "description_sale": "With a description" if index % 2 else False,
                    "taxes_id": [Command.set(taxes.ids)],
                    "property_account_income_id": self.accounts[
                        incomes[index % len(incomes)]
                    ].id,
                }
                for index, taxes in enumerate(self.taxes)
            ]
        )

    @cached_property
    def terms(self):
        def create(name, parts, **values):
            return self.env["account.payment.term"].create(
                {
                    "name": f"Mix {name}",
                    "company_id": self.company.id,
                    "line_ids": [
                        Command.create({"value": value, "value_amount": amount, **due})
                        for value, amount, due in parts
                    ],
                    **values,
                }
            )

        month = {"nb_days": 30}
        return [
            create("30 days", [("percent", 100.0, month)]),
            create(
                "two parts",
                [("percent", 33.33, {"nb_days": 10}), ("percent", 66.67, month)],
            ),
            create(
                "fixed first",
                [("fixed", 0.5, {"nb_days": 0}), ("percent", 100.0, month)],
            ),
            create(
                "early discount",
                [("percent", 100.0, month)],
                early_discount=True,
                discount_percentage=2.0,
                discount_days=7,
                early_pay_discount_computation="included",
            ),
        ]

    @cached_property
    def positions(self):
        """One that maps accounts and taxes, one that takes all taxes away."""
        mapping = self.env["account.fiscal.position"].create(
            {
                "name": "Mix abroad",
                "company_id": self.company.id,
                "account_ids": [
                    Command.create(
                        {
                            "account_src_id": self.accounts["income"].id,
                            "account_dest_id": self.accounts["abroad"].id,
                        }
                    )
                ],
            }
        )
        self._create_tax(
            "Reverse",
            0.0,
            fiscal_position_ids=mapping.ids,
            original_tax_ids=self.taxes[0].ids,
        )
        return mapping, self.env["account.fiscal.position"].create(
            {"name": "Mix without taxes", "company_id": self.company.id}
        )

    @cached_property
    def analytic(self):
        plan = self.env["account.analytic.plan"].create({"name": "Mix"})
        accounts = self.env["account.analytic.account"].create(
            [{"name": f"Mix {name}", "plan_id": plan.id} for name in "ABC"]
        )
        return [
            {str(accounts[0].id): 100.0},
            {str(accounts[1].id): 33.333333, str(accounts[2].id): 66.666667},
        ]

    @cached_property
    def customers(self):
        if "nl_NL" not in dict(self.env["res.lang"].get_installed()):
            self.env["res.lang"]._activate_lang("nl_NL")
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Mix customer {index}",
                    "is_company": True,
                    "lang": "nl_NL" if index % 2 else "en_US",
                    "country_id": self.country.id,
                    "user_id": self.env.user.id if index % 3 else False,
                }
                for index in range(12)
            ]
        )
        partners[1].property_payment_term_id = self.terms[0]
        partners[2].property_account_receivable_id = self.accounts["receivable"]
        partners[3].property_account_position_id = self.positions[0]
        partners[4].property_account_position_id = self.positions[1]
        contacts = self.env["res.partner"].create(
            [
                {"name": "Delivery", "parent_id": partners[5].id, "type": "delivery"},
                {"name": "Contact", "parent_id": partners[6].id, "type": "contact"},
            ]
        )
        return partners | contacts[1]

    # === AN INVOICE ===#

    def _choose(self, values, likely=None, chance=0.5):
        """One of the values; ``likely`` in as many cases as ``chance`` says."""
        if likely is not None and self.random.random() < chance:
            return likely
        return self.random.choice(values)

    def _make_invoice(self, index):
        moment = self._choose(range(90), likely=0, chance=0.7)
        invoice_date = FIRST_DAY + timedelta(days=moment)
        values = {
            "move_type": self._choose(
                ["out_invoice", "out_refund"], likely="out_invoice", chance=0.8
            ),
            "company_id": self.company.id,
            "journal_id": self.journal.id,
            "partner_id": self._choose(self.customers.ids),
            "currency_id": self._choose(
                [currency.id for currency in self.currencies],
                likely=self.company.currency_id.id,
            ),
            "invoice_date": invoice_date,
            "invoice_origin": f"Contract {index}",
            "ref": self._choose(["", False], f"C{self.random.randrange(100):03}", 0.7),
            "invoice_line_ids": [
                Command.create(values)
                for values in self._make_lines(self.random.randint(1, 8))
            ],
        }
        if self.random.random() < 0.5:
            values["invoice_payment_term_id"] = self._choose(self.terms).id
        elif self.random.random() < 0.3:
            values["invoice_payment_term_id"] = False
        if self.random.random() < 0.1:
            values["fiscal_position_id"] = self._choose(self.positions).id
        if self.random.random() < 0.2:
            values["invoice_user_id"] = self.env.user.id
        if self.random.random() < 0.1:
            values["narration"] = "<p>Thank you</p>"
        return values

    def _make_lines(self, number):
        lines = [self._make_line(index) for index in range(number)]
        if self.random.random() < 0.3:
            lines.insert(0, self._make_text("line_section"))
            lines.append(self._make_text("line_note"))
        return lines

    def _make_text(self, display_type):
        """A text as OCA's contract makes it: with the fields of a line."""
        return {
            "display_type": display_type,
            "name": "A text between the lines",
            "quantity": 1.0,
            "price_unit": 0.0,
            "discount": 0.0,
            "product_id": False,
            "product_uom_id": False,
            "analytic_distribution": False,
            "sequence": 10,
        }

    def _make_line(self, index):
        line = {
            "product_id": self._choose(self.products.ids),
            "price_unit": self._choose(PRICES),
            "quantity": self._choose(QUANTITIES),
            "discount": self._choose(DISCOUNTS),
            "sequence": 10 + index,
            "analytic_distribution": self._choose(
                self.analytic, likely=False, chance=0.8
            ),
        }
        if self.random.random() < 0.8:
            line["name"] = self._choose([False, ""], f"Rent, line {index}", 0.9)
        if self.random.random() < 0.1:
            line.pop("analytic_distribution")
        if self.random.random() < 0.1:
            line["tax_ids"] = [Command.set(self._choose(self.taxes).ids)]
        if self.random.random() < 0.1:
            line["account_id"] = self.accounts["other_income"].id
        if self.random.random() < 0.05:
            line.update(product_id=False, account_id=self.accounts["income"].id)
            line.setdefault("name", "Without product")
        return line


# === READING THE LEDGER ===#


def read_waiting_ranks(env):
    """What Odoo adds to the rank of customers only after the commit."""
    return dict(
        env.cr.postcommit.data.get(
            "account.res.partner.increase_rank.customer_rank", {}
        )
    )


def read_ledger(moves, ranks_before=None):
    """Every column of the moves and all that hangs on them, comparable between runs.

    :param ranks_before: what :func:`read_waiting_ranks` told before posting
    :return: dict of key to values; ids are replaced by places in the order of ``moves``
    """
    moves.env.flush_all()
    places = {move_id: f"move {index}" for index, move_id in enumerate(moves.ids)}
    ledger = {}
    for row in _select(moves, "account_move", "id", "id"):
        ledger[places[row.pop("id")]] = row
    line_places = {}
    counters = dict.fromkeys(places.values(), 0)
    for row in _select(moves, "account_move_line", "move_id", "id"):
        move_place = places[row.pop("move_id")]
        place = f"{move_place} line {counters[move_place]}"
        counters[move_place] += 1
        line_places[row.pop("id")] = place
        ledger[place] = row
    _read_relations(moves, line_places, ledger)
    _read_analytic_lines(moves, line_places, ledger)
    ranks, before = read_waiting_ranks(moves.env), ranks_before or {}
    for partner in (moves.partner_id | moves.commercial_partner_id).sorted("id"):
        waiting = ranks.get(partner.id, 0) - before.get(partner.id, 0)
        ledger[f"customer {partner.id}"] = {
            "customer_rank": partner.customer_rank + waiting
        }
    return ledger


def _select(moves, table, column, order, ids=None):
    cr = moves.env.cr
    cr.execute(
        SQL(
            "SELECT * FROM %s WHERE %s IN %s ORDER BY %s",
            SQL.identifier(table),
            SQL.identifier(column),
            tuple(ids or moves.ids) or (0,),
            SQL.identifier(order),
        )
    )
    return [
        {name: value for name, value in row.items() if name not in LOG_COLUMNS}
        for row in cr.dictfetchall()
    ]


def _read_relations(moves, line_places, ledger):
    fields = moves.env["account.move.line"]._fields
    for name in ("tax_ids", "tax_tag_ids"):
        field = fields[name]
        for place in line_places.values():
            ledger[place][name] = []
        for row in _select(
            moves, field.relation, field.column1, field.column2, line_places
        ):
            ledger[line_places[row[field.column1]]][name].append(row[field.column2])


def _read_analytic_lines(moves, line_places, ledger):
    for place in line_places.values():
        ledger[place]["analytic lines"] = []
    for row in _select(
        moves, "account_analytic_line", "move_line_id", "id", line_places
    ):
        del row["id"]
        ledger[line_places[row.pop("move_line_id")]]["analytic lines"].append(row)


# === COMPARING ===#


def compare_ledgers(expected, found):
    """:return: list of sentences, one for each value that differs"""
    differences = [
        f"{key}: missing" if key in expected else f"{key}: too much"
        for key in expected.keys() ^ found.keys()
    ]
    for key in expected.keys() & found.keys():
        for name, value in expected[key].items():
            if repr(value) != repr(found[key].get(name)):
                differences.append(
                    f"{key}, {name}: {value!r} is expected, "
                    f"{found[key].get(name)!r} is found"
                )
    return sorted(differences)


def post_ordinarily(env, vals_list):
    moves = env["account.move"].create(vals_list)
    moves.action_post()
    return moves


def post_and_forget(env, post, vals_list):
    """Post in a savepoint, read the ledger, and undo it.

    :param post: function of (env, vals_list) that returns posted moves
    """
    savepoint = env.cr.savepoint()
    with savepoint:
        ranks = read_waiting_ranks(env)
        ledger = read_ledger(post(env, copy_vals(vals_list)), ranks)
        savepoint.rollback()
    return ledger


def copy_vals(vals_list):
    """``create()`` changes the values it is given."""
    return [
        {
            **vals,
            "invoice_line_ids": [
                Command.create(dict(values))
                for _command, _id, values in vals["invoice_line_ids"]
            ],
        }
        for vals in vals_list
    ]


def compare_ways(env, number, seed=0, ways=("safe", "bulk"), batch=100, mix=None):
    """Post mixed invoices the ordinary way and the fast ones, and compare every column.

    Each batch starts from the same state, and is undone.

    :param ways: what ``account.move._create_posted`` takes
    :return: list of differences, as sentences; empty if the ledgers are equal
    """
    mix = mix or InvoiceMix(env, seed)
    vals_list = mix.make(number)
    differences = []
    for start in range(0, number, batch):
        part = vals_list[start : start + batch]
        expected = post_and_forget(mix.env, post_ordinarily, part)
        for way in ways:
            found = post_and_forget(
                mix.env,
                lambda env, vals_list, way=way: env["account.move"]._create_posted(
                    vals_list, way
                ),
                part,
            )
            differences += [
                f"{way}, from {start}: {difference}"
                for difference in compare_ledgers(expected, found)
            ]
    return differences
