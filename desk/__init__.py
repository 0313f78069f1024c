"""The accountants' desk: pages of the company's own people, served beside the API from the same process.

app             the application that `saldo serve` runs: the API and the desk
frame           what all pages share: the layout, sign-in, sessions, languages, parts of pages, charts
today           what needs somebody now
counterparties  finding a counterparty, and everything about one
statements      drawing statements, reading, sending and agreeing them
orders          orders on their way into the books: deciding, settling, one order with all about it
agreement       where the hub and the books disagree, down to the documents
quarantine      records that need a person: look, edit, replay
why             why this number: from an amount to the bytes it came from
users           who may sign in

`frame` is what the others stand on. A section has `routes.py` with its ROUTES, `templates/`, `locale/` and, where it
needs one, `style.css`.
"""
