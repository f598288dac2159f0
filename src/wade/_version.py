"""The version, alone in its file, so that nothing else must load to know it."""

__version__ = "0.1.0"
