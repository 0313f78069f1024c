"""Counterparties, their contracts, and what they may open.

party           the counterparty of an address, or 404
counterparties  GET /v1/counterparties and /v1/counterparties/{id}
party_rows      a counterparty as lists show it, and how to reach it
contracts       GET /v1/counterparties/{id}/contracts
access          GET /v1/counterparties/{id}/access
"""
