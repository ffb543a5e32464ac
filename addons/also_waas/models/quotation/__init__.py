"""A workplace is configured for an end customer of a reseller and priced by the price
list."""

from . import waas_reseller_service
from . import sale_order
from . import sale_order_line
from . import sale_order_zero
