"""Orders: placing, reading, deciding and cancelling them.

placing     POST /v1/orders
listed      GET /v1/orders
detail      GET /v1/orders/{id}
timeline    GET /v1/orders/{id}/timeline
changing    PUT /v1/orders/{id}
deciding    POST /v1/orders/{id}/submit, /approve, /reject, /cancel
wanted      what an order is placed with, changed to, and decided by
figures     its texts and numbers as they were sent
understood  what was sent, as an order of the store, with everything that is wrong with it
approvers   who approves an order, and that he did not place it
actions     what a key may do next with an order
found       the order of an address, for a caller who may see it
refused     what the store does not let happen to an order, as problems of this API
answers     what orders look like
rows        an order of the store as answers show it
lines       its lines
changes     what the supplier changed in it since
explained   why it is where it is, as a sentence
"""
