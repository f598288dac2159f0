"""What holds for every test."""

from hypothesis import settings

settings.register_profile("wade", deadline=None)  # what the properties promise is not a matter of time
settings.load_profile("wade")
