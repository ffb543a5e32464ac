# The chapters of a deal, in the order in which it goes through them. A later chapter
# may know an earlier one, never the other way round.
from . import common
from . import catalogue
from . import quotation
from . import gate
from . import contract
from . import devices
from . import invoicing
from . import changes
from . import custody
from . import returns
from . import fleet
from . import commission
from . import sellout
from . import licenses
from . import portal
