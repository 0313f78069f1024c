"""What is owed: balances, the summary of every page, open items, aging.

balances        GET /v1/counterparties/{id}/balance
fast            GET /v1/counterparties/{id}/summary, answered before everything else
panel           its bytes, kept by version
summary         what it says
branches        what a company owes together, and each of its branches
open_item_list  GET /v1/counterparties/{id}/open-items
aging           GET /v1/counterparties/{id}/aging
known           what these two are made of
figures         from the store's figures to that answer
open_items      one unsettled document: what is unpaid, when due, how long overdue
answers         what the answers look like
"""
