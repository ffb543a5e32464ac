from . import waas_custody_entry
from . import stock_lot
