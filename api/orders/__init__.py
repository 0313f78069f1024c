"""Orders: placing, reading, deciding and cancelling them.

wanted      what an order is placed with, changed to, and decided by
answers     what orders look like
"""
