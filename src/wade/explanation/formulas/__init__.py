"""The equations of a step as trees: `forward`, `backward` (BP1 to BP4), `updates`; `symbols` are their leaves."""
