from . import product_pricelist_report
from . import product_pricelist_xlsx
from . import waas_commission_statement_report
from . import waas_commission_statement_xlsx
from . import waas_sellout_xlsx
