"""Drawing statements, reading, sending and agreeing them.

routes        the addresses of this section
listing       the list of statements
narrowing     what the list is narrowed to
asking        asking for a statement: of whom, under which contracts, for which period
form          what the form for that offers, and what was chosen in it
periods       the periods people ask for
progress      how a request is doing
sheet         one statement: the act, how it stands, what people may do with it
found         the statement of an address, and what may be done with it
differences   where the two drawings of a statement differ, line beside line
life          what people did with a statement, and who took its files
steps         the steps people take with it
renewing      drawing it anew, and bringing its counterparty up to date before that
files         a statement as a file
uploads       the counterparty's own statement
matched       its lines beside ours
unread        why a file that somebody sent could not be read
changes       what changed in a period after it was agreed
written       what is done here, as the audit has it
verification  whether a printed statement is genuine, for whoever holds it
visitors      how often one address may ask that
words         states, verdicts and reasons in people's words
"""
