from .engine import InvoiceEngine, Way
from .numbering import SequenceFormats
from .known import READ
