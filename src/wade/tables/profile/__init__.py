"""What a pass over the rows shows of each column, in bounded memory: counts, extremes, sketches, duplicates."""
