"""What each column is: its role with the reason, what a user said instead, and what makes a column unusable."""
