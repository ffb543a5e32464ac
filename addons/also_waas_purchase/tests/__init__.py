from . import test_ordinary_purchases
from . import test_sellout_suppliers, test_sellout_supplier_rules
from . import test_translations
from . import test_sellout_suppliers_facts
