"""New legal entities and delivery points that were made on the portal, on their way into the books.

placing     POST /v1/counterparties, POST /v1/counterparties/{id}/delivery-points
reading     GET /v1/party-requests and /v1/party-requests/{id}
cancelling  POST /v1/party-requests/{id}/cancel
wanted      what they are asked for with
understood  what was sent, with everything that is wrong with it
found       the request of an address, for a caller who may see it
answers     what requests look like
explained   why one is where it is, as a sentence
"""
