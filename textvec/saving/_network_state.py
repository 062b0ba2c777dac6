"""The state of networks: torch modules, the net around them, and its callbacks."""

from __future__ import annotations

from typing import Any

from skorch.callbacks import Callback, LRScheduler
from torch import Tensor, nn

from ..checkpoint import copied, restore, snapshot
from ..nn import SequenceNet
from ..nn._advice import ADVICE
from ..nn._randomness import is_here

_KINDS = (nn.Module, nn.Parameter, SequenceNet, Callback)
_OF_MODULE = frozenset(vars(nn.Module()))  # what every module has
_CONTAINERS = (nn.ModuleList, nn.Sequential)
# What the layers of torch are made of; their weights then are those of the file.
_RECURRENT = ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "bidirectional")
_ARGUMENTS: dict[type, tuple[str, ...]] = {
    nn.BatchNorm1d: ("num_features", "eps", "momentum", "affine", "track_running_stats"),
    nn.Conv1d: (
        *("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups"),
        *("bias", "padding_mode"),
    ),
    nn.Dropout: ("p", "inplace"),
    nn.Embedding: ("num_embeddings", "embedding_dim", "padding_idx", "sparse"),
    nn.GRU: (*_RECURRENT, "dropout"),
    nn.Identity: (),
    nn.LSTM: (*_RECURRENT, "dropout", "proj_size"),
    nn.LayerNorm: ("normalized_shape", "eps", "elementwise_affine"),
    nn.Linear: ("in_features", "out_features", "bias"),
    nn.RNN: (*_RECURRENT, "dropout", "nonlinearity"),
    nn.ReLU: ("inplace",),
    nn.Sigmoid: (),
    nn.Tanh: (),
}
# The same without drawing weights, which would take longer than all else.
_UNDRAWN: dict[type, Any] = {
    cls: type(cls.__name__, (cls,), {"reset_parameters": lambda layer: None}) for cls in _ARGUMENTS
}
_WITHOUT_TENSORS = (nn.Dropout, nn.Identity, nn.ReLU, nn.Sigmoid, nn.Tanh)


def is_part(value: Any) -> bool:
    """Return whether the state of an object is this module's to say."""
    return isinstance(value, _KINDS)


def is_part_class(cls: type) -> bool:
    """Return whether the objects of a class are this module's to make."""
    return issubclass(cls, _KINDS)


def part_state(value: Any, *, training_state: bool) -> dict[str, Any]:
    """Return the state of a part of a network."""
    if isinstance(value, nn.Parameter):
        return {"data": value.detach().cpu(), "requires_grad": value.requires_grad}
    if isinstance(value, nn.Module):
        return _module_state(value)
    if isinstance(value, SequenceNet):
        return _net_state(value, training_state=training_state)
    return {name: part for name, part in vars(value).items() if not name.endswith("_")}


def part_from_state(cls: type, state: dict[str, Any]) -> Any:
    """Return a part of a network."""
    if issubclass(cls, nn.Parameter):
        return nn.Parameter(state["data"], requires_grad=bool(state["requires_grad"]))
    if issubclass(cls, nn.Module):
        return _module_of(cls, state)
    if issubclass(cls, SequenceNet):
        return _net_of(state)
    callback = cls.__new__(cls)
    vars(callback).update(state)
    return callback


def _module_state(module: nn.Module) -> dict[str, Any]:
    keeper: Any = module
    state: dict[str, Any] = keeper.__getstate__()  # some leave out what is of one epoch
    names = _ARGUMENTS.get(type(module))
    if names is not None:
        own = {name: getattr(module, name) for name in names}
        if isinstance(own.get("bias"), (Tensor, type(None))) and "bias" in own:
            own["bias"] = own["bias"] is not None
    else:
        own = {n: v for n, v in state.items() if n not in _OF_MODULE}
    return {
        "own": {} if type(module) in _CONTAINERS else own,
        "parameters": dict(module._parameters),
        "buffers": dict(module._buffers),
        "modules": dict(module._modules),
    }


def _module_of(cls: type[nn.Module], state: dict[str, Any]) -> nn.Module:
    own, parameters, buffers = state["own"], state["parameters"], state["buffers"]
    if cls in _ARGUMENTS:
        module = _layer_of(cls, own, parameters, buffers)
    else:
        module = cls.__new__(cls)
        nn.Module.__init__(module)
        vars(module).update({n: v for n, v in own.items() if n not in _OF_MODULE})
    for name, parameter in parameters.items():
        module.register_parameter(name, _checked(parameter, nn.Parameter))
    for name, buffer in buffers.items():
        module.register_buffer(name, _checked(buffer, Tensor))
    for name, part in state["modules"].items():
        module.add_module(name, _checked(part, nn.Module))
    if isinstance(module, nn.RNNBase):
        module._init_flat_weights()
    module.training = False  # its parts are so already
    return module


def _layer_of(
    cls: type[nn.Module],
    own: dict[str, Any],
    parameters: dict[str, nn.Parameter | None],
    buffers: dict[str, Tensor | None],
) -> nn.Module:
    """Make a layer of torch without memory, and check that its tensors are of its sizes."""
    if own.get("num_layers", 1) > max(1, len(parameters)):
        raise ValueError(f"{cls.__name__} has more layers than weights")
    place = {} if cls in _WITHOUT_TENSORS else {"device": "meta"}
    layer: nn.Module = _UNDRAWN[cls](**{name: own[name] for name in _ARGUMENTS[cls]}, **place)
    layer.__class__ = cls
    for kind, given in (("_parameters", parameters), ("_buffers", buffers)):
        expected = {n: None if t is None else t.shape for n, t in getattr(layer, kind).items()}
        found = {n: None if t is None else t.shape for n, t in given.items()}
        if found != expected:
            raise ValueError(f"{cls.__name__} has tensors of shapes {found}, expected {expected}")
    return layer


def _checked(value: Any, cls: type) -> Any:
    if value is not None and not isinstance(value, cls):
        raise TypeError(f"expected {cls.__name__}, found {type(value).__name__}")
    return value


def _net_state(net: SequenceNet, *, training_state: bool) -> dict[str, Any]:
    training = None
    if training_state:
        training = snapshot(net, net.callbacks_, strict=True)
        del training["module"], training["criterion"], training["history"]
    return {
        "module": net.module_,
        "criterion": net.criterion_,
        "clip_norm": net.clip_norm,
        "precision": net.precision,
        "optimizer": net.optimizer,
        "optimizer_options": {
            name: value for name, value in vars(net).items() if name.startswith("optimizer__")
        },
        "lr": net.lr,
        "max_epochs": net.max_epochs,
        "batch_size": net.batch_size,
        "device": str(net.device),
        "callbacks": net.callbacks,
        "verbose": net.verbose,
        "history": list(net.history),
        "training": training,
    }


def _net_of(state: dict[str, Any]) -> SequenceNet:
    module, criterion = _checked(state["module"], nn.Module), state["criterion"]
    net = SequenceNet(
        module,
        _checked(criterion, nn.Module),
        clip_norm=state["clip_norm"],
        precision=state["precision"],
        advice=ADVICE,
        optimizer=state["optimizer"],
        lr=state["lr"],
        max_epochs=state["max_epochs"],
        batch_size=state["batch_size"],
        device=state["device"] if is_here(state["device"]) else "cpu",
        callbacks=state["callbacks"],
        verbose=state["verbose"],
        **state["optimizer_options"],
    )
    net.initialize()
    net.history.extend(state["history"])
    if state["training"] is not None:
        _continue(net, state["training"])
    return net


def _continue(net: SequenceNet, training: dict[str, Any]) -> None:
    """Set the state that training continues from."""
    net.optimizer_.load_state_dict(copied(training["optimizer"]))
    for _, callback in net.callbacks_:
        if isinstance(callback, LRScheduler):
            callback.on_train_begin(net)  # makes the schedule, whose state is set then
    weights = {"module": net.module_.state_dict(), "criterion": net.criterion_.state_dict()}
    restore(net, net.callbacks_, {**training, **weights, "history": list(net.history)})
