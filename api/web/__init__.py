"""What all addresses share: keys, pages, filters, problems, writes that are done once.

hub          what every handler needs: settings, store, clock
callers      the key of a request: what it may do, and whose rows it may see
rates        how often a key may ask
errors       problem+json (RFC 9457) for everything that goes wrong
refusals     which problems an operation may answer with
etags        a strong ETag on every answer to a GET, and 304
request_ids  the number that every answer has
paging       lists in pages: limit, opaque cursor
filters      what lists are narrowed by
sparse       answers with some fields only
ids          the ids that leave by the API
values       stored values as JSON may carry them
repeats      writes: done once however often they are asked for, and audited
attachments  files as answers: their hash is the ETag
sent_files   a file that came with a request
health       GET /healthz and /readyz
"""
