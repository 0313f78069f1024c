"""The journal: documents, payments, and what paid what.

documents        GET /v1/documents: the journal
payments         GET /v1/payments
journal          what these two are asked for, and a page of it
document_detail  GET /v1/documents/{id}
document_rows    a document as lists show it
document_lines   its lines and payment stages
allocation_rows  what payments paid
"""
