"""Files that are whole or not there, and that are known to be whole before anything of them is used.

- `atomic`: all of a file is written, or nothing of it.
- `table_formats`: a table as the bytes of a CSV, JSON lines, Parquet or Feather file; `csv_lines`: its lines of CSV.
- `checked`: arrays and JSON under a checksum, what model files and checkpoints are made of.
"""
