from . import test_commitments
from . import test_marketplace
from . import test_schema
