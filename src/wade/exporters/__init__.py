"""A model as a program that runs without wade.

- `export_model`: `wade.export`, which writes the files.
- `program`: a model as a list of plain operations; every export is written from it.
- `python`, `c`, `onnx`: a program in each language. `replay`: the first steps of a training run, repeated.
- `textbook`: functions of `wade.maths` as the text of a program. `literals`: names and numbers as literals, never code.
"""

from __future__ import annotations

from wade.exporters.export_model import export

__all__ = ["export"]
