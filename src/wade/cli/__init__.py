"""The command `wade`: `commands` declare and call, `views` show.

Views load on first use, so that `wade --help` answers at once: NumPy, pyarrow and the network wait until a command
runs.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
