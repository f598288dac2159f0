"""How a formula is written: a tree with symbols and numbers, printed as text, LaTeX, MathML or HTML."""
