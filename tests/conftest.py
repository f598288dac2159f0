"""What holds for every test."""

import os
import signal

from hypothesis import settings

# Before NumPy is loaded. Several processes run tests side by side, and where there are more threads than cores, those
# of the linear algebra wait for each other in loops: a tiny fit then takes ten times as long.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

settings.register_profile("wade", deadline=None)  # what the properties promise is not a matter of time
settings.load_profile("wade")

# Where the tests run in the background, their shell may have told them to ignore Ctrl-C, which some of them press.
signal.signal(signal.SIGINT, signal.default_int_handler)
