from . import waas_commission_statement_report
from . import waas_commission_statement_xlsx
