"""Why this number: from an amount to the bytes it came from.

links   where an amount is explained: what other pages link to
routes  the addresses of this section
"""
