"""Dagster assets built from the declarations, and the plain functions they call.

The assets:

entity           the assets of one kind of record
balances         the last stage: balances and open items of every contract, from the movements on the site
events           what the storefront is told, as an asset
agreed_check     the check behind every number on the storefront: the site's totals are the books' own
keys             asset keys and groups
hub              the one resource: settings, the store, a client per base
source           one source as the assets see it
pace             how often each family of data is pulled, and when it counts as stale
report           what Dagster shows of a run: the same keys for every entity
report_balances  what Dagster shows of the balances
failures         how an error of the hub looks in Dagster

Reading a base:

ordinary         the ordinary change detection of a source: its exchange plan, its windows, or both
land             from the accounting system to the landing: complete units, their bytes, the watermark
exchange         one pass over the exchange plan: take the package, land it, and only then confirm it
named            reading single records by their keys
concerning       reading what concerns some counterparties
notices          records that 1C or somebody else named as changed: all that wait become one small pull
on_demand        bringing counterparties up to date because somebody asked
by_hand          what people ask for at the desk: compare with the books, repair, map again
document_files   files of documents because somebody asked for them
printed_documents  one document as a file: as its accounting system prints it, else as the hub does
stoppers         which record stops the exchange package
alone            one reader of a base at a time: landing order is then the order of fetching, whoever reads
manners          when a base is left alone: somebody paused it, or these are its quiet hours
web_service      the web service of one base, as everything here opens it
write_check      whether orders can be written into a base, tried only when asked to

Mapping what was landed:

map              from the landing to the site store, one transaction per unit
pages            landed pages as today's declaration of an entity reads them; nothing is written
sync             the stages as assets and jobs call them
quarantine       quarantine: what a person sees of a held record, and how it gets out
replay           the store again from the landed bytes, with today's declarations
preview          what a replay with today's declarations would change, tried in a copy that is thrown away
verify           whether every stored row still follows from its landed bytes
tidy             dropping old landed bytes while nobody reads, and what else is kept for a time only

Proof against the books:

agree            holding the hub's totals against the accounting system's own, to the last unit
ledgers          both sides of a comparison
bisect           from a figure that differs down to the documents behind it
judging          what is the matter with every figure that differs
sides            both sides of a comparison as the proof sees them, and what everything on each sums to
proof            telling a discrepancy from a lag
compare          holding the site's totals against the books, and reading again what differs
census           counting every record against the source, day by day
counting         how one entity is counted on both sides, and what of it differs
night            what is compared, counted and mended once a night
reconciliation   one statement, drawn by the hub from its store and by the accounting system itself

Statements on demand:

asked_for          everything somebody waits for, of one base, by one process at a time
statements         drawing and comparing what was asked for, and what waits for the accounting system
statement_drawing  the hub's own drawing, at once
statement_asking   the accounting system's, landed; how long it is asked, and when again
report_statements  what Dagster shows of them

What the portal sends to the books:

push             bringing to the books what is queued: several at once, in order within a lane
push_steps       what is done in each state until it is through, waits, or needs a person
push_cancelling  cancelling what the books have: unposted, then marked for deletion
pushing          one worker's hand on one submission: every step and every wait is written under its fence
push_books       the books as one push asks them: every request is written down before it leaves
push_content     what is written of a submission, by its kind
handed           work that a warm process has begun for a run that is still to come
order_pull       what was just pushed, read at once
push_parties     new legal entities and delivery points, by the steps of orders
push_party_books  the books as their push asks them
party_pull       counterparties and partners that were just pushed, read at once
report_orders    what Dagster shows of them
report_unknown_orders  orders in the books that carry our marker and that this hub does not know

Telling the storefront:

telling          notice what the storefront must be told, and tell it exactly once
looking          a look at a source as a whole: what changes without anybody writing
what_to_tell     what the storefront is told, from what is true: pure, so that one state is told in one way
differences      where what is true of counterparties is not what was told
healing          the nightly proof that nothing was missed
deliver          bringing events to their receivers: side by side, and in order for each one
"""
