"""What the commands show, one file each; loaded when a command has something to show."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
