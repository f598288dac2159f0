"""The recorded step as a report: sections in order, as text, LaTeX, HTML or JSON."""
