"""wade: train neural networks on tables; evaluate, explain and export them.

>>> import wade
>>> model = wade.learn("flights", columns=["temperature", "wind_speed"])  # doctest: +SKIP
>>> model.save("flights.wade")  # doctest: +SKIP

The names below are loaded when they are first used, so that `import wade` is quick; `__init__.pyi` lists them.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
