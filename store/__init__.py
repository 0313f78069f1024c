"""All SQL of the hub: tables, landing, upserts, watermarks, balances, migrations.

The database:

engine              open a database and a landing, one transaction with one commit point
postgres            how psycopg is set up
types               column types: one meaning on both databases, plain `str` and `int` in Python
metadata            the one schema, and how its constraints are named, so that migrations can name them too
migrations          the schema's history: `migrations.upgrade(url)`
compiled            statements compiled once, for a driver that is given their text as it is
direct              reads past SQLAlchemy: compiled statements, run by asyncpg or sqlite3
direct_postgres     the same on PostgreSQL, by a few connections of asyncpg
inserts             INSERT that may say what to do on a conflict, of either database
bulk                rows into a table as the tuples they are
health              whether the database and the landing can be used now

Tables:

record_tables       one table per record of `schemas.RECORDS`
tables              the store's own tables
tables_of_change    versions, agreed periods, leases, exchange nodes, notifications
tables_of_proof     comparisons with the books, and censuses
tables_of_site      what people of the company set on the site
tables_of_api       keys of the API, what they wrote, what they asked for
tables_of_news      marks, what was told, events, deliveries
tables_of_statements  statements that were drawn, files that leave the hub
tables_of_orders    what the portal sends to the books, and the outbox
tables_of_desk      people who work at the desk

From bytes to rows:

landing             bytes as received, and which of them are not mapped yet
blobs               bytes by their content: `<aa>/<sha256>.zst` on any fsspec location
descriptions        what web services say of themselves
batch               what mapping one landed unit gave, on its way into the tables
staging             rows of one unit, as tuples, into a temporary table beside the real one
merge_sql           the set-based statements of a merge, built once per table
upsert              the two ways of one mapped unit into its tables
parents             the statements of a merge by which nested rows change their record
absence             the statements of a merge about what is not there
records             the guarded upsert of one mapped unit; reading a record back
brake               stops a run that would delete or change a large share of a table
reference           what mappings need to know from the store
watermarks          up to where a source has been landed
runs                what each sync read and changed
landed              what the landing holds: how much of an entity, and what one run brought
scopes              arithmetic of scopes: intervals of wall-clock time, sets of keys
rejections          records that need a person
quarantine          what is held, with the page each record came in

What changed, and when:

history             what was shown before, and what was taken back
history_reasons     why a version of a record ended, said in SQL over the OLD and the NEW row
history_triggers    triggers that keep every version that was shown
moments             when rows were changed, by which run: from one store to another
lineage             from a stored value back to its bytes
by_page             stored rows in the order of the pages they came from, to verify them
control             what the living records of an entity sum to

Whose turn it is:

leases              one process at a time may do something, fenced by a token
pauses              the kill switch of a source
exchange_nodes      where the exchange with each base stands
notifications       records that somebody named as changed
retention           landed bytes that nothing needs, dropped

Balances:

balances            debts and open items, derived from the settlement movements
balance_sql         the statements that derive balances and open items
balance_changes     which settlement keys changed since balances were last derived
balance_checks      what about balances cannot be right
balance_views       the balance of one counterparty as the storefront asks for it
portfolio           what everybody together owes in one base, by currency, and how long it is overdue
accounts            running accounts with the items that make them up; what nothing explains
movements           what an amount is made of: movements by document, with the balance after each
overdue             when each open item is due
site_terms          payment terms set on the site

Proof against the books:

ledger              what movements sum to: the hub's side of a comparison with the books
agreement           what comparisons with the books found
agreed              periods a counterparty agreed to, and what changed in them since
agreed_sums         what the movements of an agreed period come to, now and as shown
census              records counted by days, to be held against the source's
reconciliation      the hub's own reconciliation statement

Statements that live:

statement_requests  asking for one: a row that a worker takes
statements          what was asked, what both sides drew, and what is shown
statement_bodies    a drawing as it is kept
statement_keeping   what was drawn and compared: the same data is the same statement
statement_choices   what may be asked for: own organisations, currencies, contracts, since when
statement_steps     sent, agreed, signed or not: what people did with it
statement_uploads   the counterparty's own statements, matched
statement_papers    who and what a statement names, for its print
statement_events    what the storefront is told of them

What the portal sends to the books:

submissions         orders and whatever else is sent, and the one way from state to state
submission_events   what the storefront is told of them
submission_lists    as the company's people look for them: by what is to be done
order_papers        what belongs to orders in the books, and what paid it
order_status        how far the books are with orders: derived, kept, told
order_timeline      everything that happened to an order, in the order of moments
order_differences   what the books say of an order now against what was approved
document_facts      what the accounting document of an order needs beside it
order_links         which documents are orders of the portal
order_strangers     orders in the books with our marker that this hub does not know
order_flow          an order before the push: placed, approved, held, released, changed, cancelled
party_flow          new legal entities and delivery points before the push
party_matches       which entities of the store a new one may be, and what the books need for it
party_requests      these requests a page at a time
order_admission     whether a counterparty may order at all now
order_facts         what the store knows of everything that an order names
order_checks        everything that is wrong with an order by what the store knows
order_warnings      prices that no list has, more than is free
order_list          orders a page at a time, and the names of what they are about
approval_rules      which orders need somebody's approval
credit              the credit check of an order, kept with every figure it used
credit_debts        what is owed, overdue and allowed
credit_in_flight    orders that are not shipped, each once
credit_stock        what is free of the goods that an order wants
outbox              whose turn it is to go to the books, and who is at it
outbox_waits        when what waits is tried again, by itself or with all of its base
outbox_attempts     every request that a push made
outbox_troubles     what of it needs somebody
outbox_settling     what a person decides about one that cannot go on by itself

A store beside a store:

copying             a new store beside a living one, and a copy to try a replay in
table_copies        rows of a table from one store into another
comparing           whether two stores show the same

What people set:

site_rows           a row says who set it, when and why; it is ended, never changed
access              what a counterparty may open
access_rules        the rules and the states set by hand that decide it
trading             suspensions of trading, beside what the accounting system says

What the API reads:

tenancy             whose rows a reader may see, as conditions of a query
paging              pages of a list by the key of the last row
safe_moments        from which moment on a mirror must ask next time
summaries           what the panel of every page needs, in one statement
summary_sql         the text of that statement
sync_state          for which moment what is stored of some entities is true
parties             counterparties as the storefront lists them
directory           counterparties by what people type of them, kept in memory
debt_days           what a counterparty owed day by day
contact_points      points, people, places of delivery of a counterparty
journal             documents of every kind by one contract
standing_documents  which documents count, which ever did, which a reader sees
document_parts      the parts of one document
document_papers     what a document says when the hub prints it
chain               what a document was made from, and what was made from it
allocations         what payments paid, from the best that is known
settled             what payments paid by the register of settlements by due date
payment_rows        the rows that tell what payments paid
catalog             items, prices and stock as they are listed

What the API writes:

api_keys            keys of the API: made once, kept as a hash, never deleted
repeats             answers kept under the key a client gave its request
audit               who wrote what over the API or at the command line
files               files that leave the hub: their versions, their bytes, who took them
file_requests       what is asked for as a file of a document, and how it stands
operations          work that outlasts the request that asked for it
concerning          what the store has of some counterparties, to be held against their base

What the storefront is told:

marks               what may have changed, on its way to being told
news                what may have changed, marked by who changed it
news_of_merge       whom a merged unit concerns
news_state          how far each source was looked at
told                what was last told of each subject
told_documents      the same of documents, all at once
told_parties        the same of all counterparties of a base: what lists are narrowed by
party_facts         what there is to tell of counterparties, several at once
events              what the storefront is told, in the order it was committed
trial_events        events that say nothing, to try a receiver
listeners           who hears which event
webhooks            where events are sent
webhook_secrets     the keys that sign what is sent there
deliveries          what is to be sent where
delivery_log        what was sent to a webhook, what is waiting, and what each attempt came to
courier             what is due, and what an attempt came to

Who works at the desk:

desk_users          people who may sign in
desk_sessions       who is signed in
desk_locks          wrong passwords, and how long nobody may try again
"""
