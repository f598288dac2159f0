"""How a formula is written: its tree, its rendering, and the printers of each format."""
