"""Why this number: from an amount to the bytes it came from.

routes  the addresses of this section
"""
