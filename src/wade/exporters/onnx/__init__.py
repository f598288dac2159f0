"""ONNX graphs, preprocessing included."""
