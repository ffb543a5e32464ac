from . import stock_return_picking
from . import waas_bundle_configure
from . import waas_credit_check_decide
from . import waas_agreement_countersign
from . import waas_device_replace
from . import waas_return_receive
from . import waas_erasure_certify
from . import waas_device_grade
