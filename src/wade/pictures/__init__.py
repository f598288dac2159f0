"""Pictures of networks, trainings and predictions, with matplotlib: `pip install 'wade[pictures]'`.

>>> import wade.pictures
>>> model = wade.load("moons.wade")  # doctest: +SKIP
>>> wade.pictures.BoundaryDisplay.from_model(model, "moons").save("boundary.svg")  # doctest: +SKIP

Each `…Display.from_…` computes the numbers; `plot(ax=None, theme=…)` draws them and returns the display, `save` writes
.svg, .png or .pdf, `to_csv` gives the plotted numbers, and `description` says in words what the picture shows.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
