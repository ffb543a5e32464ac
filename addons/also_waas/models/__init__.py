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

# 8 returns
from . import waas_custody_entry
from . import stock_lot_custody
from . import product_template_return
from . import waas_processor_certificate
from . import res_partner_processor
from . import stock_location_return
from . import stock_warehouse_return
from . import waas_erasure
from . import waas_certificate
from . import stock_lot_return
from . import stock_quant_return
from . import waas_return
from . import waas_return_line
from . import waas_return_finding
from . import waas_return_receive
from . import stock_move_return
from . import stock_move_line_return
from . import stock_picking_return
from . import stock_return_picking
from . import account_move_return
from . import contract_contract_return
from . import waas_asset
from . import stock_lot_fleet
from . import stock_move_line_fleet
from . import waas_fleet_report

# 10 sell-out
from . import waas_manufacturer_sellout
from . import product_product_sellout
from . import product_template_sellout
from . import waas_sellout_line
from . import waas_sellout_report
from . import waas_sellout_report_sales
from . import waas_sellout_report_check
from . import waas_sellout_report_file
from . import waas_sellout_sending
from . import waas_sellout_report_send
from . import mail_mail_sellout
from . import ir_attachment_sellout
from . import res_partner_sellout

# settings
from . import res_company
from . import res_company_return
from . import res_company_fleet
from . import res_config_settings
from . import res_config_settings_sellout
