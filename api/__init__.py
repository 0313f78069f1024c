"""The storefront's HTTP API: it reads the store, never the accounting system.

app         the application: `uvicorn --factory api.app:create_app`
web         what all addresses share: keys, pages, filters, problems, writes that are done once
reference   what describes the API: the OpenAPI document, and the page that shows it
money       what is owed: balances, the summary of every page, open items, aging
trust       how far answers may be trusted, and where what they tell comes from
parties     counterparties, their contracts, and what they may open
party_requests  new legal entities and delivery points made on the portal
documents   the journal: documents, payments, and what paid what
statements  reconciliation statements: asked for, read, printed, agreed
orders      placed, read, approved, cancelled, on their way into the books
catalog     items, prices, stock
rules       what the supplier's people set by hand, and the audit of all writes
events      what happened, and where it is sent
syncing     asking for fresher data, and being told of changes

`web` is what the others stand on; `app` puts all of them together.
"""
