"""Finding a counterparty, and everything about one.

routes  the addresses of this section
"""
