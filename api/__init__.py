"""The storefront's HTTP API: it reads the store, never the accounting system.

app         the application: `uvicorn --factory api.app:create_app`
document    the OpenAPI document, with what holds for all operations said once
document_headers  which operation has which headers, for the document
examples    an example of every answer, for the document
page        GET /docs: the document as a page, without a script
page_operation  one operation on that page
page_html   pieces of HTML, escaped
balances    GET /v1/counterparties/{id}/balance
fast        GET /v1/counterparties/{id}/summary, answered before everything else
panel       its bytes, kept by version
summary     what it says; branches: what a company owes together
open_item_list  GET /v1/counterparties/{id}/open-items
aging       GET /v1/counterparties/{id}/aging
known       what these two are made of
party       the counterparty of an address, or 404
access      GET /v1/counterparties/{id}/access
figures     from the store's figures to that answer
open_items  one unsettled document: what is unpaid, when due, how long overdue
answers     what the answers look like
standing    how far an answer about money may be trusted: as_of, freshness, agreement
families    how far what is stored of a family of data may be trusted
items       GET /v1/items and /v1/items/{id}
prices      GET /v1/price-kinds and /v1/prices
stock       GET /v1/warehouses and /v1/stock
catalog     what the lists of items, prices and stock have in common
counterparties  GET /v1/counterparties and /v1/counterparties/{id}
party_rows  a counterparty as lists show it, and how to reach it
contracts   GET /v1/counterparties/{id}/contracts
documents   GET /v1/documents: the journal
payments    GET /v1/payments
journal     what these two are asked for, and a page of it
document_detail  GET /v1/documents/{id}
document_rows    a document as lists show it
document_lines   its lines and payment stages
allocation_rows  what payments paid
filters     what lists are narrowed by
sparse      answers with some fields only
request_ids  the number that every answer has
etags       a strong ETag on every answer to a GET, and 304
sync_state  GET /v1/sync
lineage     GET /v1/lineage/{kind}/{id}
history     GET /v1/lineage/{kind}/{id}/history
notices     POST /v1/sources/{source}/notifications
signatures  whether a message comes from who shares the key
values      stored values as JSON may carry them
health      GET /healthz and /readyz
callers     the key of a request: what it may do, and whose rows it may see
rates       how often a key may ask
paging      lists in pages: limit, opaque cursor
terms       payment terms set on the site: /v1/counterparties/{id}/payment-terms
access_rules      rules of access by overdue debts: /v1/access-rules
access_overrides  access set by hand: /v1/counterparties/{id}/access-overrides
trading     suspensions of trading: /v1/counterparties/{id}/suspensions
audit       who wrote what: GET /v1/audit
operations  asking for fresher data: POST /v1/counterparties/{id}/sync, GET /v1/operations/{id}
rule_subjects     whom a setting is about
signed      what settings share: who said so, why, how they are ended
webhooks    where events are sent: /v1/webhooks
webhook_deliveries  what was sent to a webhook, and sending it again
webhook_answers   what answers about webhooks look like
events      what happened, for receivers that were away: GET /v1/events
repeats     writes: done once however often they are asked for, and audited
refusals    which problems an operation may answer with
errors      problem+json (RFC 9457) for everything that goes wrong
hub         what every handler needs: settings, store, clock
ids         the ids that leave by the API
"""
