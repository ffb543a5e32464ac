from . import portal
from . import signing
