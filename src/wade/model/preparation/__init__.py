"""From data to prepared rows: column options, the split, encoding, in memory or streamed."""
