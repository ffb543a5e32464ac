"""The portal of resellers and end customers."""

from . import res_partner
from . import sale_order
from . import sale_order_partner
from . import sale_order_line
from . import product_product
from . import product_pricelist
from . import waas_hardware_request
from . import waas_installment
from . import contract_contract
from . import contract_contract_request
from . import contract_line
from . import stock_lot
from . import waas_change
from . import res_partner_commission
from . import sale_order_commission
from . import account_move
from . import waas_sellout_line
from . import waas_return
from . import waas_return_book
from . import waas_return_handover
from . import waas_certificate
from . import waas_agreement
