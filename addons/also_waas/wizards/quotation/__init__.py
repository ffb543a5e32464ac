from . import waas_bundle_configure
from . import waas_bundle_configure_option
from . import waas_bundle_configure_slot
