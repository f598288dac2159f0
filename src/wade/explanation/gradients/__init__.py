"""The chain rule for any parameter, the paths it runs along, and a centred difference beside it."""
