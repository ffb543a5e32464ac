from . import waas_device_replace
from . import waas_device_correct
