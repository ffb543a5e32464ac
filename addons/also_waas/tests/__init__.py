from . import test_schedule
from . import test_01_catalogue
from . import test_02_quotation
from . import test_03_gate
from . import test_04_thread
from . import test_tours
