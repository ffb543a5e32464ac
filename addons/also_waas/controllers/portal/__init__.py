from . import portal
from . import portal_waas
from . import portal_reseller
from . import portal_customers
from . import portal_returns
from . import portal_documents
from . import portal_sellout
