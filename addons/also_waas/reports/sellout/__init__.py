from . import waas_sellout_xlsx
