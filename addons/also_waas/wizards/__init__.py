from . import waas_bundle_configure
from . import waas_credit_check_decide
from . import waas_agreement_countersign
from . import waas_device_replace
