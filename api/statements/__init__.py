"""Reconciliation statements: asking for them, reading and printing them, what the other side says to them.

asking          POST /v1/statements
listed          GET /v1/statements
detail          GET /v1/statements/{id}
printed         GET /v1/statements/{id}/files/{format}
uploads         the counterparty's own statement, matched with ours: /v1/statements/{id}/uploads
stepping        POST /v1/statements/{id}/state
wanted          what may be asked for, and everything that is wrong with what is asked for
found           the statement of an address, for a caller who may see it
answers         what statements look like
rows            a statement of the store as answers show it
drawn           its lines and differences
links           names of whom and what it is about
upload_answers  what uploads look like
prints          a statement as a file: the one way for the API, the desk and the command
"""
