from . import catalogue
from . import commission
from . import sellout
