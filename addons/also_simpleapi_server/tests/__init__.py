from . import test_commitments
from . import test_schema
