"""What a reseller earns: a fixed amount for each piece, noted when it is earned,
settled and billed by month."""

from . import waas_commission
from . import waas_deal_mixin
from . import waas_commission_state
from . import waas_commission_accrue
from . import waas_commission_statement
from . import res_partner
from . import contract_contract
from . import sale_order
from . import sale_order_commission_status
from . import waas_change
from . import commission_settlement
from . import commission_settlement_line
from . import account_move
from . import account_move_line
from . import res_company
from . import res_config_settings
