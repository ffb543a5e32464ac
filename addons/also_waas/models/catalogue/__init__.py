"""What can be rented: workplaces as bundles with slots, devices with their
manufacturer's warranty, and price lists that hold a price and a commission for each
term."""

from . import res_partner
from . import waas_term
from . import waas_manufacturer
from . import waas_hardware_request
from . import waas_bundle_slot
from . import product_template
from . import product_product
from . import product_pricelist
from . import product_pricelist_item
from . import product_pricelist_item_zero
from . import res_company
from . import res_config_settings
