"""Columns and single values: tidied to six types, and seen as numbers, as text or as times."""
