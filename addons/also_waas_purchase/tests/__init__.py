from . import test_sellout_suppliers
from . import test_translations
from . import test_sellout_suppliers_facts
