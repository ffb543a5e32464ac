"""The devices of a contract: delivered with their serial numbers, owned by the lessor,
replaced when they break."""

from . import stock_location
from . import stock_warehouse
from . import stock_lot
from . import stock_lot_correct
from . import stock_quant
from . import waas_replacement
from . import waas_replacement_cancel
from . import stock_move
from . import stock_move_line
from . import stock_picking
from . import sale_order
from . import contract_contract
from . import contract_contract_missing
from . import res_company
from . import sale_order_line
