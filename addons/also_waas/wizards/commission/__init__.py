from . import commission_make_settle
from . import commission_make_invoice
from . import waas_commission_statement
