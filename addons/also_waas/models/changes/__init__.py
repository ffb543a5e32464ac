"""A running contract changes: more workplaces, upgrades, extensions, an early end. A
change passes the gate as a quotation does."""

from . import product_pricelist
from . import product_pricelist_item
from . import waas_change
from . import waas_change_line
from . import waas_change_gate
from . import waas_change_upgrade
from . import waas_change_delivery
from . import waas_change_extension
from . import waas_change_termination
from . import waas_change_zero
from . import waas_change_warranty
from . import waas_agreement_template
from . import waas_agreement
from . import waas_signing_link
from . import waas_credit_check
from . import res_partner
from . import sale_order
from . import contract_line
from . import contract_contract
from . import contract_contract_extension
from . import contract_contract_termination
from . import contract_contract_notice
from . import waas_installment
from . import waas_invoice_run
from . import stock_move
from . import stock_picking
from . import stock_lot
from . import contract_contract_missing
from . import res_company
from . import res_config_settings
