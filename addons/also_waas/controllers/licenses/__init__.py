from . import marketplace
