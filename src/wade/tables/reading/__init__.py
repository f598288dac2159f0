"""From what a user points at to Arrow: files of every format, frames and streams, whole or batch by batch."""
