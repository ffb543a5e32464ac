"""Who had a device in hand, and when: one entry for each event of its life, which
users cannot change."""

from . import waas_custody_entry
from . import stock_lot
from . import stock_lot_take_over
from . import res_partner
