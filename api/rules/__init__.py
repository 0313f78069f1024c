"""What the supplier's people set by hand, and the audit of all writes.

terms             payment terms set on the site: /v1/counterparties/{id}/payment-terms
access_rules      rules of access by overdue debts: /v1/access-rules
access_overrides  access set by hand: /v1/counterparties/{id}/access-overrides
approval_rules    rules that demand approval of orders: /v1/approval-rules
approval_rule     what such a rule says, asked for and told
trading           suspensions of trading: /v1/counterparties/{id}/suspensions
rule_subjects     whom a setting is about
signed            what settings share: who said so, why, how they are ended
audit             who wrote what: GET /v1/audit
"""
