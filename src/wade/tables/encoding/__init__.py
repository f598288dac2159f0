"""From tidy columns to the numbers, codes and bins that a network reads, as fitted on the training rows."""
