"""The kinds of columns, one file each: how a kind is recognized, encoded, fitted, explained, changed and exported."""
