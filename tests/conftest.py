"""What holds for every test."""

import signal

from hypothesis import settings

settings.register_profile("wade", deadline=None)  # what the properties promise is not a matter of time
settings.load_profile("wade")

# Where the tests run in the background, their shell may have told them to ignore Ctrl-C, which some of them press.
signal.signal(signal.SIGINT, signal.default_int_handler)
