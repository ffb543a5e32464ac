"""Cloud licenses of a contract: ordered at the marketplace, changed with the contract,
and compared with the invoices."""

from . import product_template
from . import waas_license
from . import waas_license_seats
from . import waas_license_step
from . import contract_contract
from . import sale_order_line
from . import sale_order
from . import waas_marketplace
from . import waas_marketplace_message
from . import waas_marketplace_message_answer
from . import waas_marketplace_message_send
from . import waas_license_marketplace
from . import waas_marketplace_notification
from . import waas_license_notification
from . import waas_retention
from . import waas_license_check
from . import waas_license_check_invoice
from . import waas_license_check_marketplace
from . import waas_marketplace_check
from . import product_pricelist
from . import waas_marketplace_offer
from . import waas_change
from . import waas_change_line
from . import waas_license_sellout
from . import waas_manufacturer
from . import waas_sellout_report
from . import waas_sellout_unnotified
