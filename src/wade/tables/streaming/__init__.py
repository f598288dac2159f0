"""Tables larger than memory: two passes over batches, encoded rows on disk."""
