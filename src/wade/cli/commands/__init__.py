"""The commands, one file each: its arguments and options, and the function that it calls."""
