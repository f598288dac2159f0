"""ONNX Runtime: the network as a graph of Gemm, Relu and Sigmoid.

With its own choice of threads and with a single one; in each turn the faster of the two counts.
"""

from __future__ import annotations

from time import perf_counter

import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from wade.network import Network
from wade.types import Floats

from ..turns import Contestant, Turn, fastest
from ..works import CALLS

OPSET, IR_VERSION = 17, 8
OPERATORS = {"relu": "Relu", "sigmoid": "Sigmoid"}


def graph(network: Network) -> bytes:
    """The network as an ONNX file."""
    nodes, read = [], "X"
    for number, layer in enumerate(network.layers, start=1):
        nodes.append(helper.make_node("Gemm", [read, f"W{number}", f"b{number}"], [f"Z{number}"]))
        nodes.append(helper.make_node(OPERATORS[layer.activation], [f"Z{number}"], [f"A{number}"]))
        read = f"A{number}"
    parameters = [numpy_helper.from_array(values, name) for name, values in network.parameters.items()]
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])]
        for name, width in (("X", network.inputs.n_numbers), (read, network.outputs))
    ]
    model = helper.make_model(
        helper.make_graph(nodes, "network", *ends, parameters),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    return model.SerializeToString()


def sessions(network: Network) -> list[onnxruntime.InferenceSession]:
    """With default options, and with one thread."""
    alone = onnxruntime.SessionOptions()
    alone.intra_op_num_threads = 1
    model, providers = graph(network), ["CPUExecutionProvider"]
    return [
        onnxruntime.InferenceSession(model, options, providers=providers)
        for options in (onnxruntime.SessionOptions(), alone)
    ]


def single_rows(network: Network, X: Floats) -> Contestant:
    """Call after call with one row each; the seconds of one."""
    feeds = [{"X": row[None]} for row in X]

    def caller(session: onnxruntime.InferenceSession) -> Contestant:
        def turn() -> Turn:
            began = perf_counter()
            for call in range(CALLS):
                session.run(None, feeds[call % len(feeds)])
            return Turn((perf_counter() - began) / CALLS, session.run(None, {"X": X})[0])

        return turn

    return fastest([caller(session) for session in sessions(network)])


def all_rows(network: Network, X: Floats) -> Contestant:
    """All of them in one call."""

    def caller(session: onnxruntime.InferenceSession) -> Contestant:
        def turn() -> Turn:
            began = perf_counter()
            (said,) = session.run(None, {"X": X})
            return Turn(perf_counter() - began, said)

        return turn

    return fastest([caller(session) for session in sessions(network)])


def about() -> str:
    """What the table's head says of it."""
    return f"ONNX Runtime {onnxruntime.__version__}"
