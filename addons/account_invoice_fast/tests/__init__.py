from . import test_fast_invoices
from . import test_plain_taxes
