"""Why this number: from an amount to the bytes it came from.

links     where an amount is explained: what other pages link to
accounts  an amount as the sum of what documents moved, and of what is unpaid
records   one stored record as a page shows it
chains    what leads from a record to its bytes, and every version that was shown
fields    stored fields: value, where it leads, what it was read from
declared  which accounting fields each stored field is made of
landed    an answer as it was landed, with the record that is meant
words     rules, reasons and kinds in people's words
routes    the addresses of this section
"""
