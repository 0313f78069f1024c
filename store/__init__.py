"""All SQL of the hub: tables, landing, upserts, watermarks, balances, migrations.

engine       open a database and a landing, one transaction with one commit point
landing      bytes as received, and which of them are not mapped yet
records      the guarded upsert of one mapped unit; reading a record back
history      what was shown before, and what was taken back
watermarks   up to where a source has been landed
rejections   records that need a person
runs         what each sync read and changed
balances     debts and open items, derived from the settlement movements
reconciliation  the hub's own reconciliation statement
summaries    what the panel of every page needs, in one statement; summary_sql: its text
direct       reads past SQLAlchemy: compiled statements, run by asyncpg or sqlite3
site_terms   payment terms set on the site; overdue: when each open item is due
accounts     running accounts with the items that make them up; what nothing explains
news         what may have changed, marked by who changed it; news_of_merge: whom a merged unit concerns
marks        those marks, on their way out; news_state: how far each source was looked at
told         what was last told of each subject; told_documents: of documents, all at once
party_facts  what there is to tell of counterparties, several at once
events       what the storefront is told, in the order it was committed
access       what a counterparty may open; access_rules: what decides it
trading      suspensions of trading, beside what the accounting system says
catalog      items, prices and stock as they are listed
agreed       periods a counterparty agreed to, and what changed in them since
leases       one process at a time may do something, fenced by a token
pauses       the kill switch of a source
exchange_nodes  where the exchange with each base stands
ledger       what movements sum to: the hub's side of a comparison with the books
agreement    what comparisons with the books found
census       records counted by days, to be held against the source's
control      what the living records of an entity sum to
health       whether the database and the landing can be used now
reference    what mappings need to know from the store
lineage      from a stored value back to its bytes
by_page      stored rows in the order of the pages they came from, to verify them
quarantine   what is held, with the page each record came in
notifications  records that somebody named as changed
retention    landed bytes that nothing needs, dropped
copying      a new store beside a living one, and a copy to try a replay in
comparing    whether two stores show the same
migrations   the schema's history: `migrations.upgrade(url)`
"""
