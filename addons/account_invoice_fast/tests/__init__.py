from . import test_fast_invoices, test_refusals
from . import test_plain_taxes
