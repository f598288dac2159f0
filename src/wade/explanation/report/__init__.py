"""A recorded step as a document: sections of blocks, as text, LaTeX, MathML, HTML or JSON."""
