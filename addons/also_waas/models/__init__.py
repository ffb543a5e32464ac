# The chapters of a deal, in the order in which it goes through them. A later chapter
# may know an earlier one, never the other way round.

# 1 catalogue
from . import waas_term
from . import waas_manufacturer
from . import waas_hardware_request
from . import waas_bundle_slot
from . import product_template
from . import product_product
from . import product_pricelist
from . import product_pricelist_item

# 2 quotation
from . import waas_gate_mixin
from . import res_partner
from . import waas_reseller_service
from . import sale_order
from . import sale_order_line

# 3 gate
from . import waas_credit_check
from . import waas_agreement_template
from . import waas_agreement
from . import waas_signing_link
from . import sale_order_gate
from . import payment_transaction

# 4 contract
from . import res_currency
from . import contract_template
from . import contract_contract
from . import contract_line
from . import waas_installment
from . import account_move
from . import account_move_line
from . import res_partner_exposure
from . import sale_order_contract
from . import sale_order_line_contract

# 5 devices
from . import stock_location
from . import stock_warehouse
from . import stock_lot
from . import stock_quant
from . import waas_replacement
from . import stock_move
from . import stock_move_line
from . import stock_picking
from . import sale_order_delivery
from . import contract_contract_devices

# 6 invoicing
from . import waas_installment_run
from . import waas_invoice_run
from . import waas_invoice_run_preview
from . import account_move_invoicing

# 7 licenses and marketplace
from . import product_template_license
from . import waas_license
from . import waas_license_step
from . import contract_contract_license
from . import sale_order_line_license
from . import sale_order_license
from . import waas_marketplace
from . import waas_marketplace_message
from . import waas_license_marketplace
from . import waas_marketplace_notification
from . import waas_license_notification
from . import waas_license_check
from . import waas_marketplace_check
from . import product_pricelist_feed
from . import waas_marketplace_offer

# settings
from . import res_company
from . import res_config_settings
