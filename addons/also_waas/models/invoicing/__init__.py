from . import waas_installment
from . import waas_invoice_run
from . import waas_invoice_run_preview
from . import account_move
