# The chapters of a deal, in the order in which it goes through them. A later chapter
# may know an earlier one, never the other way round.

# 0 what every chapter stands on
from . import waas_guarded_mixin
from . import waas_numbered_mixin
from . import ir_attachment
from . import ir_actions_report
from . import ir_http
from . import waas_readable_mixin
from . import waas_mailed_mixin
from . import mail_activity_type
from . import mail_activity
from . import mail_activity_mixin
from . import res_users
from . import res_groups
from . import res_company_users

# 1 catalogue
from . import waas_term
from . import waas_manufacturer
from . import waas_hardware_request
from . import waas_bundle_slot
from . import product_template
from . import product_product
from . import product_pricelist
from . import product_pricelist_item
from . import product_pricelist_item_zero

# 2 quotation
from . import waas_gate_mixin
from . import res_partner
from . import waas_reseller_service
from . import sale_order
from . import sale_order_line
from . import sale_order_zero

# 3 gate
from . import waas_retention
from . import waas_credit_check
from . import waas_agreement_template
from . import waas_agreement
from . import res_partner_forget
from . import waas_signing_link
from . import waas_deal_mixin
from . import sale_order_gate
from . import sale_order_cancel
from . import payment_transaction

# 4 contract
from . import res_partner_mail
from . import mail_template
from . import mail_message
from . import mail_mail
from . import mail_thread
from . import res_currency
from . import contract_template
from . import contract_contract
from . import contract_line
from . import waas_installment
from . import waas_installment_credited
from . import contract_contract_credited
from . import account_tax
from . import account_fiscal_position
from . import product_product_taxes
from . import account_payment
from . import account_move
from . import account_move_settled
from . import account_move_guard
from . import account_move_credited
from . import account_move_line
from . import account_partial_reconcile
from . import res_partner_exposure
from . import res_partner_exposure_credited
from . import contract_contract_fiscal
from . import res_partner_fiscal
from . import sale_order_contract
from . import sale_order_line_contract

# 5 devices
from . import stock_location
from . import stock_warehouse
from . import stock_lot
from . import stock_lot_correct
from . import stock_quant
from . import waas_replacement
from . import stock_move
from . import stock_move_line
from . import stock_picking
from . import sale_order_delivery
from . import contract_contract_devices
from . import contract_contract_missing

# 6 invoicing
from . import waas_installment_run
from . import waas_invoice_run
from . import waas_invoice_run_preview
from . import account_move_invoicing

# 7 changes
from . import product_pricelist_change
from . import product_pricelist_item_change
from . import waas_change
from . import waas_change_line
from . import waas_change_gate
from . import waas_change_upgrade
from . import waas_change_delivery
from . import waas_change_extension
from . import waas_change_termination
from . import waas_change_zero
from . import waas_change_warranty
from . import waas_agreement_template_change
from . import waas_agreement_change
from . import waas_signing_link_change
from . import waas_credit_check_change
from . import res_partner_exposure_change
from . import sale_order_change
from . import contract_line_change
from . import contract_contract_change
from . import contract_contract_extension
from . import contract_contract_termination
from . import contract_contract_end
from . import waas_installment_change
from . import waas_invoice_run_change
from . import stock_move_change
from . import stock_picking_change
from . import stock_lot_change
from . import contract_contract_missing_change

# 8 returns
from . import waas_custody_entry
from . import stock_lot_custody
from . import product_template_return
from . import waas_processor_certificate
from . import res_partner_processor
from . import stock_location_return
from . import stock_warehouse_return
from . import waas_erasure_standard
from . import waas_erasure
from . import waas_certificate
from . import waas_rate_limit
from . import waas_form_lock
from . import ir_cron
from . import stock_lot_return
from . import stock_quant_return
from . import waas_return
from . import waas_return_open
from . import waas_return_pickup
from . import waas_return_fee
from . import waas_return_proof
from . import waas_return_handover
from . import product_pricelist_item_return
from . import waas_retention_return
from . import res_partner_forget_return
from . import waas_return_line
from . import waas_return_line_site
from . import waas_return_line_proof
from . import waas_return_finding
from . import waas_return_receive
from . import stock_move_return
from . import stock_move_line_return
from . import stock_picking_return
from . import account_move_return
from . import contract_contract_return
from . import waas_change_return
from . import contract_contract_use
from . import waas_asset
from . import stock_lot_fleet
from . import stock_lot_loss
from . import stock_lot_correct_return
from . import stock_move_line_fleet
from . import waas_fleet_report

# 9 commission
from . import waas_commission
from . import waas_commission_statement
from . import res_partner_commission
from . import contract_contract_commission
from . import sale_order_commission
from . import sale_order_commission_light
from . import waas_change_commission
from . import commission_settlement
from . import commission_settlement_line
from . import account_move_commission
from . import account_move_line_commission

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
from . import waas_manufacturer_number_mixin
from . import waas_manufacturer_reseller
from . import waas_deal_registration
from . import sale_order_sellout
from . import sale_order_line_sellout
from . import contract_contract_sellout
from . import waas_change_sellout
from . import stock_move_line_sellout
from . import waas_sellout_report_words
from . import waas_sellout_unnotified
from . import waas_manufacturer_coverage
from . import waas_sellout_report_unnotified
from . import stock_lot_sellout

# 11 licenses and marketplace
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
from . import waas_retention_license
from . import waas_license_check
from . import waas_marketplace_check
from . import product_pricelist_feed
from . import waas_marketplace_offer
from . import waas_change_license
from . import waas_change_line_license
from . import waas_license_sellout
from . import waas_sellout_report_license
from . import waas_sellout_unnotified_license

# 12 doors
from . import res_partner_portal
from . import sale_order_portal
from . import sale_order_line_portal
from . import waas_hardware_request_portal
from . import waas_installment_portal
from . import contract_contract_portal
from . import contract_contract_ask
from . import contract_line_portal
from . import stock_lot_portal
from . import waas_change_portal
from . import res_partner_commission_portal
from . import waas_return_portal
from . import waas_agreement_portal

# settings
from . import res_company
from . import res_company_return
from . import res_company_fleet
from . import res_config_settings
from . import res_config_settings_sellout
