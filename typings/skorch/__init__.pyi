"""Types of what textvec uses of skorch, which ships none; nothing else is declared here."""

from .net import NeuralNet as NeuralNet
