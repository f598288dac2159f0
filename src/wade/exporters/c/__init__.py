"""C programs: C99, one file, no allocation."""
