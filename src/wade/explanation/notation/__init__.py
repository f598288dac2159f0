"""How a formula is written.

`expressions` is the tree, with symbols and numbers; `rendering` decides where brackets and equals signs stand;
`printers` write text, LaTeX, MathML and HTML; `rounding` and `escaping` treat numbers and untrusted names.
"""
