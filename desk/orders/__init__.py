"""Orders on their way into the books: what waits for a decision, what is in trouble, one order with all about it.

routes      the addresses of this section
listing     the list, by what is to be done
narrowing   what the list is narrowed to
sheet       one order, and where it is while it is on its way
contents    what an order says: who ordered, what, for how much
told        where it stands, as an accountant would say it, and what happens next
found       the order of an address, and what may be done with it
steps       what people decide: approving on behalf, releasing, refusing, cancelling
settling    what operators settle: trying again, "1C has not got it", "it is this document"
credit      the credit check, with every number that it used
approval    by which rule it had to be approved, and who decided
of_party    the orders of one counterparty, with what decides about them
rules       rules by which an order needs somebody's approval
candidates  which accounting document an order may be
attempts    every request that was made for it, with what came back
differences  what differs between the approved version and what 1C keeps
progress    what of it was shipped, and what of that is owed
life        all that happened to it, on the portal and in 1C
words       states and reasons in people's words
"""
