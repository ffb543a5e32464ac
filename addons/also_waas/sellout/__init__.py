"""Sell-out reports in plain Python: which devices count, and how files are written
(R5)."""
