from . import waas_manufacturer
from . import waas_sellout_unnotified
from . import waas_sellout_report
from . import purchase_order
