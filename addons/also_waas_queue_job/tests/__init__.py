from . import test_invoice_jobs
from . import test_invoice_jobs_crash
from . import test_translations
