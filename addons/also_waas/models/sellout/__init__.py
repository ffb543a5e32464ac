"""Sell-out reports: each device that is sold out is reported to its manufacturer and
supplier once, in the layout that they agreed."""

from . import waas_manufacturer
from . import waas_manufacturer_channel
from . import waas_manufacturer_rules
from . import product_product
from . import product_template
from . import waas_sellout_line
from . import waas_sellout_report
from . import waas_sellout_report_schedule
from . import waas_sellout_report_close
from . import waas_sellout_report_sales
from . import waas_sellout_report_passages
from . import waas_sellout_report_check
from . import waas_sellout_report_settled
from . import waas_sellout_report_file
from . import waas_sellout_sending
from . import waas_sellout_report_send
from . import mail_mail
from . import ir_attachment
from . import res_partner
from . import waas_manufacturer_number_mixin
from . import waas_manufacturer_reseller
from . import waas_deal_registration
from . import sale_order
from . import sale_order_line
from . import contract_contract
from . import waas_change
from . import stock_move_line
from . import waas_sellout_report_words
from . import waas_sellout_unnotified
from . import waas_sellout_unnotified_query
from . import waas_manufacturer_coverage
from . import waas_sellout_report_unnotified
from . import stock_lot
from . import res_config_settings
from . import res_partner_forget
