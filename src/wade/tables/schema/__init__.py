"""What each column is: its role with the reason, what the user gave instead, and what makes a column unusable."""
