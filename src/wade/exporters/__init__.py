"""A model as a program that runs without wade.

- `exporting`: `wade.export`, which writes the files.
- `program`: what a model does, as a list of plain operations; every export is written from it.
- `numpy_program`, `pytorch_program`, `keras_program` and `sklearn_program`; `python_program`, `python_columns` and
  `python_parts` have what they share.
- `c_program`, with `c_columns`, `c_command` and `c_parts`. `onnx_model`, with `onnx_columns` and `onnx_graph`.
- `first_steps`: a training run taken again; `training_program`, `training_update` and `training_parts` write it.
- `bends`: each activation in each language. `literals`: names and numbers as literals, never as code.
"""

from __future__ import annotations

from wade.exporters.export_model import export

__all__ = ["export"]
