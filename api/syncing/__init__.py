"""Asking for fresher data, and being told of changes.

operations  asking for fresher data: POST /v1/counterparties/{id}/sync, GET /v1/operations/{id}
notices     POST /v1/sources/{source}/notifications
signatures  whether a message comes from who shares the key
"""
