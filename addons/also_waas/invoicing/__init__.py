from .engine import InvoiceEngine, Way
from .numbering import SequenceFormats
