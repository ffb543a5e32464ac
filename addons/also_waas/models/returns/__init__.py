"""Devices come back: collected, counted, put into quarantine, erased, certified, graded
and released."""

from . import product_template
from . import waas_processor_certificate
from . import res_partner
from . import stock_location
from . import stock_warehouse
from . import waas_erasure_standard
from . import waas_erasure
from . import waas_certificate
from . import stock_lot
from . import stock_quant
from . import waas_return
from . import waas_return_open
from . import waas_return_pickup
from . import waas_return_fee
from . import waas_return_proof
from . import waas_return_handover
from . import product_pricelist_item
from . import waas_retention
from . import res_partner_forget
from . import waas_return_line
from . import waas_return_line_site
from . import waas_return_line_proof
from . import waas_return_finding
from . import waas_return_receive
from . import stock_move
from . import stock_move_line
from . import stock_picking
from . import account_move
from . import contract_contract
from . import waas_change
from . import contract_contract_holdover
from . import stock_lot_loss
from . import stock_lot_correct
from . import res_company
from . import res_config_settings
