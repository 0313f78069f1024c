"""Items, prices, stock.

items    GET /v1/items and /v1/items/{id}
prices   GET /v1/price-kinds and /v1/prices
stock    GET /v1/warehouses and /v1/stock
catalog  what the lists of items, prices and stock have in common
"""
