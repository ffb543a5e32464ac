from . import stock_return_picking
from . import waas_device_replace
from . import waas_device_correct
from . import waas_return_collect
from . import waas_return_receive
from . import waas_erasure_certify
from . import waas_device_grade
from . import waas_device_loss
