"""The network: layers one after another, and all their parameters as one vector θ."""

from wade.network.architecture import Architecture, Layer, is_linear
from wade.network.network import ForwardPass, Network
from wade.network.perceptron import Perceptron

__all__ = ["Architecture", "ForwardPass", "Layer", "Network", "Perceptron", "is_linear"]
