from . import portal
from . import signing
from . import certificate
from . import marketplace
