from . import waas_installment_waive
