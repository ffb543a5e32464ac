from . import portal
from . import signing
from . import certificate
from . import marketplace
from . import portal_waas
from . import portal_reseller
