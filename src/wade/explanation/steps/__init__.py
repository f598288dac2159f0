"""The record of one step.

`record` is the data, `encoding` the encoding of each column, `native_check` compares the native engine on the same row,
`parameter_index` names single parameters.
"""
