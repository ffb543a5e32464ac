"""Sell-out reports in plain Python: what counts, and how it is written (R5)."""
