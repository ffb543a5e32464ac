from . import product_pricelist_report
from . import product_pricelist_xlsx
