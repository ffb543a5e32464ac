"""What rented devices are worth: capitalised when they are delivered, depreciated,
written off."""

from . import waas_asset
from . import waas_depreciation
from . import waas_asset_month
from . import stock_lot
from . import stock_move_line
from . import waas_fleet_report
from . import res_company
from . import res_config_settings
from . import stock_lot_correct
