"""New legal entities and delivery points that were made on the portal, on their way into the books."""
