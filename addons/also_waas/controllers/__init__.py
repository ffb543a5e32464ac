from . import portal
from . import signing
from . import marketplace
