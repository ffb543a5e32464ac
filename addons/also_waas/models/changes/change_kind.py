from odoo.tools import format_date


class ChangeKind:
    """What depends on the kind of a change. This class is what most kinds have in
    common; each kind is a subclass (``KINDS`` in ``waas_change.py``).

    There is one object of each kind. It keeps no state: every method takes the changes.
    """

    brings_devices = False
    is_always_signed = False  # whatever the settings of the company say (R1)

    # === THE DRAFT ===#

    def get_first_date(self, change):
        """The day that a draft proposes."""
        return change.company_id._waas_today()

    def prepare_lines(self, change):
        """Commands for the lines that follow from the kind; else users enter them."""
        return []

    def get_price_date(self, change):
        """The day of which the price list is asked."""
        return change.effective_date

    def get_price(self, line):
        """Monthly price and commission of one piece, and whether there is a price."""
        price = line._ask_price_list()
        if not price:
            return 0.0, 0.0, False
        commission = price.commission - line.replaced_line_id._waas_get_earned_unit()
        unit = line.product_id._waas_get_price_for(
            price.price,
            line.contract_id.fiscal_position_id,
            line.contract_id.company_id,
        )
        return unit, max(commission, 0.0), True

    # === CHECKS ===#

    def find_problems(self, change):
        """Pairs of a code and a sentence; the contract itself can change."""
        contract, date = change.contract_id, change.effective_date
        if not date:
            yield "date", change.env._("Choose the day from which the change holds.")
        elif date < change.company_id._waas_today():
            yield "date", change._get_passed_message()
        elif date > contract.date_end:
            yield (
                "date",
                change.env._(
                    "%(contract)s ends on %(date)s: choose a day before, or extend it "
                    "first.",
                    contract=contract.name,
                    date=format_date(change.env, contract.date_end),
                ),
            )
        elif date < contract.date_start:
            yield (
                "date",
                change.env._(
                    "%(contract)s starts on %(date)s: choose a day from then on.",
                    contract=contract.name,
                    date=format_date(change.env, contract.date_start),
                ),
            )

    def find_blockers(self, change):
        """List of :class:`Blocker`, beside those of credit and signatures."""
        return []

    # === STEPS ===#

    def plan(self, change, plan):
        """The :class:`Plan` of the contract with this change.

        :param plan: that of the contract as it is
        """
        return plan

    def render_preview(self, change):
        """What the plan does, as HTML."""
        return change._render_months()

    def submit(self, change):
        """What else follows when the change is sent."""

    def apply(self, changes, plans):
        """Write changes of this kind to their contracts, as superuser.

        :param dict plans: :class:`Plan` of each
        """
        for change in changes:
            change.contract_id._waas_write_plan(plans[change])

    def describe_applied(self, change):
        """What the followers of the contract read."""
        return change.env._(
            "is applied from %(date)s: %(before)s → %(after)s per month, contract "
            "total %(total)s",
            date=format_date(change.env, change.effective_date),
            before=change._format_amount(change.monthly_before),
            after=change._format_amount(change.monthly_after),
            total=change._format_amount(change.total_after),
        )

    def get_way_back(self, change):
        """What a user can do about an applied change."""
        raise NotImplementedError
