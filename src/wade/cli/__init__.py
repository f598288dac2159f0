"""The command `wade`: parse, call, show; nothing else happens here.

Everything below loads on first use, so that `wade --help` answers at once: the commands' bodies, and through them
NumPy, pyarrow and the network, wait until a command runs.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
