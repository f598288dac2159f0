"""What a pass over the rows tells of each column, in bounded memory: counts, extremes, sketches, duplicates."""
