"""The invoice run: each month that is due is invoiced once, however many workers share
the run."""

from . import waas_installment
from . import waas_invoice_run
from . import waas_invoice_run_batch
from . import waas_invoice_run_steps
from . import waas_invoice_run_preview
