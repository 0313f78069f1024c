"""Finding a counterparty, and everything about one.

routes    the addresses of this section
finding   search as you type, and the list
listed    rows of the list: what each owes, and may open
opened    the counterparty of an address, with what every page about it shows
amounts   what is owed, as pages show it: totals, contracts, ages
overview  the balance by contract, and how old the debts are
items     open items
course    what was owed day by day
journal   documents and payments
document  one document: lines, payments, what it was made from and into
document_files  its files: having one made, and taking it
people    contacts, branches, places of delivery
access    what the counterparty may open, set by hand
terms     payment terms set on the site
trading   suspensions of trading
rules     what these three share: the page, who said so and why, how one is ended
forms     what people enter, read and checked
syncing   bringing a counterparty up to date, with its progress
words     what states, kinds and rules are called
"""
