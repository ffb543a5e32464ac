from . import headers
from . import health
