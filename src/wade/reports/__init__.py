"""The report about a model: one structure of plain data, with coded findings, that renderers write."""
