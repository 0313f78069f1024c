"""What happened, and where it is sent.

events              what happened, for receivers that were away: GET /v1/events
webhooks            where events are sent: /v1/webhooks
webhook_deliveries  what was sent to a webhook
webhook_actions     sending it again, trying it, changing its secret
webhook_answers     what answers about webhooks look like
"""
