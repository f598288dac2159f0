"""Recordings: moments of a training as one web page that replays without a server."""
