"""A workplace is configured for an end customer of a reseller and priced by the price
list."""

from . import waas_reseller_service
from . import sale_order
from . import sale_order_configuration
from . import sale_order_problems
from . import sale_order_prices
from . import sale_order_parties
from . import sale_order_line
from . import sale_order_line_configuration
from . import sale_order_line_rules
from . import sale_order_line_price
from . import sale_order_zero
from . import sale_order_line_zero
