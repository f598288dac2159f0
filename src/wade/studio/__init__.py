"""The studio: a page in which a network is trained, watched and stepped through, and its server."""
