from . import waas_warranty_extend
from . import waas_leaving_cost
