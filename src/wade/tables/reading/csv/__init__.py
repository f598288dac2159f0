"""CSV and its relatives: encoding, delimiter and number format are detected, errors are named by row and column."""
