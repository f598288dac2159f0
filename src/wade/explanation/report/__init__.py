"""A recorded step as a document.

`sections` and `gradient_sections` list its `blocks` without a format; `documents` writes them as text, LaTeX, MathML or
HTML; `to_json` is the record as data.
"""
