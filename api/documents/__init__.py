"""The journal: documents, payments, and what paid what.

documents        GET /v1/documents: the journal
payments         GET /v1/payments
journal          what these two are asked for, and a page of it
document_detail  GET /v1/documents/{id}
file_making      POST /v1/documents/{id}/files
file_reading     GET /v1/documents/{id}/files: which there are, and their bytes
file_asking      asking for a file, for the API and the desk alike
document_files   files of a document as answers show them
document_rows    a document as lists show it
portal_orders    which documents belong to orders that were placed over this API
document_lines   its lines and payment stages
allocation_rows  what payments paid
"""
