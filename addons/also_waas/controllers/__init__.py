from . import common
from . import gate
from . import returns
from . import licenses
from . import portal
