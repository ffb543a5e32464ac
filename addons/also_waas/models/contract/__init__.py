"""The contract of a confirmed order: its lines, one installment for each month, and
what the ledger says about them."""

from . import res_currency
from . import contract_template
from . import contract_contract
from . import contract_contract_invoice
from . import contract_line
from . import contract_contract_prices
from . import contract_contract_life
from . import waas_installment
from . import waas_installment_problems
from . import waas_installment_invoice
from . import waas_installment_credited
from . import contract_contract_credited
from . import account_tax
from . import account_fiscal_position
from . import product_product
from . import account_payment
from . import account_move
from . import account_move_settled
from . import account_move_followed
from . import account_move_guard
from . import account_move_credited
from . import account_move_line
from . import account_partial_reconcile
from . import res_partner_exposure
from . import res_partner_exposure_credited
from . import contract_contract_fiscal
from . import res_partner_fiscal
from . import sale_order
from . import sale_order_line
from . import res_company
from . import res_config_settings
from . import waas_retention
