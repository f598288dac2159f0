"""Each activation as one line of each language: the twins of `wade.maths.activations`.

`NUMPY` takes Z as an array and helpers by name, `C` a single z; where a form in two pieces stands, no exponential is
taken of a positive number. ONNX has its own, in `onnx_model`.
"""

from __future__ import annotations

from typing import Final

NUMPY: Final = {
    "identity": "Z",
    "sigmoid": "np.exp(-np.logaddexp(0, -Z))",
    "tanh": "np.tanh(Z)",
    "relu": "np.maximum(Z, 0)",
    "leaky_relu": "np.where(Z > 0, Z, 0.01 * Z)",
    "elu": "np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0)))",
    "selu": "1.0507009873554805 * np.where(Z > 0, Z, 1.6732632423543772 * np.expm1(np.minimum(Z, 0)))",
    "gelu": "Z * np.vectorize(math.erfc, otypes=[float])(-Z / math.sqrt(2)) / 2",
    "silu": "Z * np.exp(-np.logaddexp(0, -Z))",
    "mish": "Z * np.tanh(np.logaddexp(0, Z))",
    "softplus": "np.logaddexp(0, Z)",
    "softmax": "np.exp(Z - Z.max(axis=-1, keepdims=True)) / np.exp(Z - Z.max(axis=-1, keepdims=True)).sum(axis=-1, "
    "keepdims=True)",
}

NUMPY_SLOPES: Final = {
    "identity": "np.ones_like(Z)",
    "sigmoid": "np.exp(-np.abs(Z)) / (1 + np.exp(-np.abs(Z))) ** 2",
    "tanh": "1 - np.tanh(Z) ** 2",
    "relu": "(Z > 0).astype(float)",
    "leaky_relu": "np.where(Z > 0, 1, 0.01)",
    "elu": "np.exp(np.minimum(Z, 0))",
    "selu": "1.0507009873554805 * np.where(Z > 0, 1, 1.6732632423543772 * np.exp(np.minimum(Z, 0)))",
    "gelu": "np.vectorize(math.erfc, otypes=[float])(-Z / math.sqrt(2)) / 2 "
    "+ Z * np.exp(-(Z**2) / 2) / math.sqrt(2 * math.pi)",
    "silu": "np.exp(-np.logaddexp(0, -Z)) * (1 + Z * np.exp(-np.logaddexp(0, Z)))",
    "mish": "np.tanh(np.logaddexp(0, Z)) + Z * np.exp(-np.logaddexp(0, -Z)) / np.cosh(np.logaddexp(0, Z)) ** 2",
    "softplus": "np.exp(-np.logaddexp(0, -Z))",
}

PYTORCH: Final = {
    "identity": "Z",
    "sigmoid": "torch.sigmoid(Z)",
    "tanh": "torch.tanh(Z)",
    "relu": "torch.relu(Z)",
    "leaky_relu": "functional.leaky_relu(Z, 0.01)",
    "elu": "functional.elu(Z)",
    "selu": "functional.selu(Z)",
    "gelu": "functional.gelu(Z)",
    "silu": "functional.silu(Z)",
    "mish": "functional.mish(Z)",
    "softplus": "functional.softplus(Z)",
    "softmax": "torch.softmax(Z, dim=-1)",
}

KERAS: Final = {
    "identity": "Z",
    "sigmoid": "keras.ops.sigmoid(Z)",
    "tanh": "keras.ops.tanh(Z)",
    "relu": "keras.ops.relu(Z)",
    "leaky_relu": "keras.ops.leaky_relu(Z, negative_slope=0.01)",
    "elu": "keras.ops.elu(Z)",
    "selu": "keras.ops.selu(Z)",
    "gelu": "keras.ops.gelu(Z, approximate=False)",
    "silu": "keras.ops.silu(Z)",
    "mish": "Z * keras.ops.tanh(keras.ops.softplus(Z))",
    "softplus": "keras.ops.softplus(Z)",
    "softmax": "keras.ops.softmax(Z, axis=-1)",
}

C: Final = {
    "identity": "z",
    "sigmoid": "z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (exp(z) + 1)",
    "tanh": "tanh(z)",
    "relu": "z > 0 ? z : 0",
    "leaky_relu": "z > 0 ? z : 0.01 * z",
    "elu": "z > 0 ? z : expm1(z)",
    "selu": "1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * expm1(z))",
    "gelu": "z * erfc(-z / sqrt(2.0)) / 2",
    "silu": "z >= 0 ? z / (1 + exp(-z)) : z * exp(z) / (exp(z) + 1)",
    "mish": "z * tanh(fmax(z, 0) + log1p(exp(-fabs(z))))",
    "softplus": "fmax(z, 0) + log1p(exp(-fabs(z)))",
}
"""Softmax needs the whole row, and is written as a loop."""

SKLEARN: Final = {"identity": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}
"""What an MLP of scikit-learn calls those of its activations that wade has too: all that it can have."""
