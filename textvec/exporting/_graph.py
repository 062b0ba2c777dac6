"""An ONNX graph that is written node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._compat import import_optional

# Old enough for runtimes of 2023, new enough for reductions over axes that are input.
OPSETS = {"": 18, "ai.onnx.ml": 3, "com.microsoft": 1}
_MAX_BYTES = 2**31 - 2**20  # of a protocol buffer, with room for the nodes

# A value of the graph by its name, or a constant.
Operand = str | NDArray[Any] | np.generic
Shape = Sequence[str | int | None]


class Graph:
    """Nodes of an ONNX graph, and the constants they read.

    Every value has one name. Operands that are arrays become constants of the graph.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec.exporting._graph import Graph
    >>> graph = Graph()
    >>> doubled = graph.add("Mul", graph.input("X", np.float32, ["n"]), np.float32(2))
    >>> graph.output("Y", doubled, np.float32, ["n"])
    >>> [node.op_type for node in graph.model("an example").graph.node]
    ['Mul', 'Identity']
    """

    def __init__(self) -> None:
        self.onnx = import_optional("onnx", needed_for="an export to ONNX")
        import_optional("onnx.compose", needed_for="an export to ONNX")
        self.nodes: list[Any] = []
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []
        self.described: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.notes: dict[str, str] = {}
        self._names: dict[tuple[Any, ...], str] = {}
        self._n_values = 0

    def new_name(self) -> str:
        """Return a name that no value has."""
        self._n_values += 1
        return f"v{self._n_values}"

    def input(self, name: str, dtype: Any, shape: Shape) -> str:
        """Declare an input of the graph; a str in its shape names a dynamic axis."""
        self.inputs.append(self.value_info(name, dtype, shape))
        return name

    def output(self, name: str, value: str, dtype: Any, shape: Shape) -> None:
        """Declare a value to be an output of the graph."""
        self.nodes.append(self.onnx.helper.make_node("Identity", [value], [name]))
        self.outputs.append(self.value_info(name, dtype, shape))

    def describe(self, value: str, dtype: Any, shape: Shape) -> str:
        """Note the type of what a node returns that is not in ONNX's own operator sets.

        Shape inference of onnx can't know it, and crashes where the next node needs it.
        """
        self.described.append(self.value_info(value, dtype, shape))
        return value

    def value_info(self, name: str, dtype: Any, shape: Shape | None = None) -> Any:
        """Return the type of a value, as ONNX holds it."""
        return self.onnx.helper.make_tensor_value_info(name, self.element_type(dtype), shape)

    def element_type(self, dtype: Any) -> int:
        """Return ONNX' number for a dtype; ``str`` and ``object`` are its strings."""
        element: int = self.onnx.helper.np_dtype_to_tensor_dtype(_onnx_dtype(np.dtype(dtype)))
        return element

    def add(self, op: str, *operands: Operand | None, domain: str = "", **attributes: Any) -> str:
        """Add a node of one output, and return its name; None is an operand left out."""
        return self.add_many(op, 1, *operands, domain=domain, **attributes)[0]

    def add_many(
        self,
        op: str,
        n_outputs: int,
        *operands: Operand | None,
        domain: str = "",
        **attributes: Any,
    ) -> list[str]:
        """Add a node, and return the names of its outputs."""
        names = ["" if value is None else self._name(value) for value in operands]
        outputs = [self.new_name() for _ in range(n_outputs)]
        node = self.onnx.helper.make_node(op, names, outputs, domain=domain, **attributes)
        self.nodes.append(node)
        return outputs

    def cast(self, value: Operand, dtype: Any) -> str:
        """Add a conversion to a dtype."""
        return self.add("Cast", value, to=self.element_type(dtype))

    def concat(self, values: Sequence[Operand], axis: int) -> str:
        """Join values along an axis."""
        return self.add("Concat", *values, axis=axis) if len(values) > 1 else self._name(values[0])

    def sum(self, value: Operand, axis: int) -> str:
        """Sum over an axis, which is gone then."""
        return self.add("ReduceSum", value, np.array([axis]), keepdims=0)

    def precise_sum(self, value: Operand, axis: int) -> str:
        """Sum float32 over an axis in float64: one after the other, thousands of steps add up."""
        return self.cast(self.sum(self.cast(value, np.float64), axis), np.float32)

    def max(self, value: Operand, axis: int) -> str:
        """Return the largest over an axis, which is gone then."""
        return self.add("ReduceMax", value, np.array([axis]), keepdims=0)

    def slice(self, value: Operand, start: int, stop: int | None = None, *, axis: int = 0) -> str:
        """Return a part of an axis; None is its end."""
        end = np.iinfo(np.int64).max if stop is None else stop
        return self.add("Slice", value, *(np.array([n]) for n in (start, end, axis)))

    def size(self, value: Operand, axis: int) -> str:
        """Return the length of an axis, a scalar."""
        return self.add("Gather", self.add("Shape", value), np.int64(axis))

    def scan(
        self,
        body: SubGraph,
        states: Sequence[Operand],
        sequences: Sequence[Operand],
        *,
        reverse: bool = False,
    ) -> list[str]:
        """Loop over the first axis of sequences; return the last states and what was collected.

        Parameters
        ----------
        body : SubGraph
            Reads the states and a step of each sequence, in this order, and returns the new
            states and what is to be collected.
        states, sequences : sequence of operands
            The first states, and what is looped over.
        reverse : bool, default=False
            Whether to loop from the end. What is collected stands at the place of its step.
        """
        n_collected = len(body.outputs) - len(states)
        return self.add_many(
            "Scan",
            len(body.outputs),
            *states,
            *sequences,
            body=body.proto(),
            num_scan_inputs=len(sequences),
            scan_input_directions=[int(reverse)] * len(sequences),
            scan_output_directions=[int(reverse)] * n_collected,
        )

    def output_like(self, other: Any, value: str) -> None:
        """Declare a value to be an output with the name and type of another model's."""
        self.nodes.append(self.onnx.helper.make_node("Identity", [value], [other.name]))
        self.outputs.append(other)

    def inline(self, model: Any, inputs: dict[str, Operand]) -> dict[str, str]:
        """Add the nodes of another model; return what its outputs are in this graph.

        Parameters
        ----------
        model : onnx.ModelProto
            Of the same operator sets.
        inputs : dict of str to operand
            What its inputs are in this graph.
        """
        inner = self.onnx.compose.add_prefix(model, prefix=f"{self.new_name()}_").graph
        names = [value.name for value in model.graph.input]
        for name, value in zip(names, inner.input, strict=True):
            node = self.onnx.helper.make_node("Identity", [self._name(inputs[name])], [value.name])
            self.nodes.append(node)
        self.nodes += inner.node
        self.constants |= {tensor.name: tensor for tensor in inner.initializer}
        outputs = zip(model.graph.output, inner.output, strict=True)
        return {value.name: prefixed.name for value, prefixed in outputs}

    def model(self, description: str) -> Any:
        """Return the whole as a checked ``onnx.ModelProto``."""
        self._check_size()
        helper = self.onnx.helper
        graph = helper.make_graph(
            self.nodes,
            "textvec",
            self.inputs,
            self.outputs,
            list(self.constants.values()),
            value_info=self.described,
        )
        used = {node.domain for node in self.nodes} | {""}
        opsets = [helper.make_opsetid(name, OPSETS[name]) for name in OPSETS if name in used]
        model = helper.make_model(
            graph,
            opset_imports=opsets,
            ir_version=helper.find_min_ir_version_for(opsets, ignore_unknown=True),
            producer_name="textvec",
            doc_string=description,
        )
        helper.set_model_props(model, self.notes)
        self.onnx.checker.check_model(model)
        return model

    def _check_size(self) -> None:
        n_bytes = sum(tensor.ByteSize() for tensor in self.constants.values())
        if n_bytes > _MAX_BYTES:
            raise ValueError(
                f"the weights take {n_bytes / 2**30:.1f} GiB, and an ONNX file holds less than "
                "2: export a network with fewer tokens (`max_tokens` of the vectorizer)."
            )

    def _name(self, value: Operand) -> str:
        if isinstance(value, str):
            return value
        array = np.asarray(value)
        content = tuple(array.flat) if array.dtype == object else array.tobytes()
        key = (array.dtype.str, array.shape, content)
        if key not in self._names:
            name = self._names[key] = f"c{len(self._names)}"
            self.constants[name] = self._tensor(name, array)
        return self._names[key]

    def _tensor(self, name: str, array: NDArray[Any]) -> Any:
        if array.dtype.kind in "OU":
            texts = [str(text).encode() for text in array.flat]
            kind = self.onnx.TensorProto.STRING
            return self.onnx.helper.make_tensor(name, kind, array.shape, texts)
        return self.onnx.numpy_helper.from_array(np.asarray(array, order="C"), name)


class SubGraph(Graph):
    """The body of a loop of another graph, whose constants and names it shares."""

    def __init__(self, outer: Graph):
        super().__init__()
        self.outer = outer
        self.constants = outer.constants
        self._names = outer._names

    def new_name(self) -> str:
        """Return a name that no value has, of the outer graph neither."""
        return self.outer.new_name()

    def parameter(self, dtype: Any) -> str:
        """Declare what the loop passes to its body."""
        name = self.new_name()
        self.inputs.append(self.value_info(name, dtype))
        return name

    def result(self, value: str, dtype: Any) -> None:
        """Declare what the body returns."""
        self.output(self.new_name(), value, dtype, None)  # type: ignore[arg-type]

    def proto(self) -> Any:
        """Return the body as ONNX holds it."""
        return self.onnx.helper.make_graph(self.nodes, "body", self.inputs, self.outputs)


def _onnx_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(object) if dtype.kind in "OUT" else dtype
