"""How far answers may be trusted, and where what they tell comes from.

standing    how far an answer about money may be trusted: as_of, freshness, agreement
families    how far what is stored of a family of data may be trusted
sync_state  GET /v1/sync
lineage     GET /v1/lineage/{kind}/{id}
history     GET /v1/lineage/{kind}/{id}/history
"""
