"""What an accounting document holds of an order. 1C cuts what is longer without a word, so it is refused before."""

from __future__ import annotations

LONGEST_REFERENCE = 30
LONGEST_COMMENT = 1_000
LONGEST_ADDRESS = 500
MOST_LINES = 500
QUANTITY_PLACES = 3  # digits after the point
PRICE_PLACES = 2
PERCENT_PLACES = 2
WHOLE_DIGITS = 12  # before the point, of quantities and prices
LARGEST_AMOUNT = 10**15 - 1  # in minor units: of a line, and of the whole
