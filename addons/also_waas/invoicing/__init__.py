from .engine import InvoiceEngine, Way
