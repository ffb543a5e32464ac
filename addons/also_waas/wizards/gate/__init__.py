from . import base_partner_merge_automatic_wizard
from . import waas_credit_check_decide
from . import waas_mandate_complete
from . import waas_agreement_countersign
from . import waas_person_forget
from . import waas_order_cancel
