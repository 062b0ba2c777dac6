"""Results of a transformer, block by block, in memory only as far as they are used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any, TypeVar, cast, overload

from .._inputs._documents import refuse_lone_text
from .._inputs._named_arguments import naming_arguments
from .._inputs._paths import checked_path
from .._inputs._plain_array import integer
from .._storage._files import replacing_folder
from ._array_stores import FolderStore, MemoryStore
from ._block_folder import is_block_folder, open_block_folder, write_description
from ._containers_of_arrays import container_of
from ._cutting import cut
from ._joining import join
from ._numbering import numbered

_Result = TypeVar("_Result")


@overload
def transform_blocks(
    transformer: Any,
    X: Any,
    *,
    out: None = None,
    block_size: int | None = None,
    method: str = "transform",
) -> Iterator[Any]: ...
@overload
def transform_blocks(
    transformer: Any,
    X: Any,
    *,
    out: str | os.PathLike[str],
    block_size: int | None = None,
    method: str = "transform",
) -> Any: ...
@naming_arguments()
def transform_blocks(
    transformer: Any,
    X: Any,
    *,
    out: str | os.PathLike[str] | None = None,
    block_size: int | None = None,
    method: str = "transform",
) -> Any:
    """Transform documents or rows block by block, into parts or into a folder on disk.

    Neither the documents nor the result need fit memory.

    Parameters
    ----------
    transformer : estimator or Pipeline
        Fitted, or one that needs no fit, such as a tokenizer.
    X : documents, Tokens, Ragged, sparse matrix, array, frame, or stream of documents
        What the transformer takes. A stream, as of :func:`~textvec.datasets.read_text`, is read
        once, and may be one of frames, such as ``pandas.read_csv(path, chunksize=10_000)``, each of
        which is a block; what is mapped from disk is read block by block.
    out : str, path or None, default=None
        A folder to write the result to; one that an earlier call has written is replaced. None
        writes nothing, and the parts are returned.
    block_size : int or None, default=None
        Documents or rows of a block, 1 or more; 10,000 for documents of some hundred words. None
        takes as many as hold about eight million characters, or four million numbers.
    method : str, default="transform"
        The method to call, such as "predict_proba".

    Returns
    -------
    iterator or container
        Without `out`, an iterator over the result of each block. With it, the whole as `transform`
        would return it, but mapped from the files of the folder: Tokens, Ragged, EmbeddedSequences,
        a sparse matrix, or an array. :func:`textvec.load` opens the folder again.

    Raises
    ------
    AttributeError
        If the transformer has no such method.
    FileExistsError
        If `out` is there and no folder of an earlier result.
    TypeError
        If results are of a kind that can't be joined, such as frames.
    ValueError
        If `block_size` is less than 1, or `X` is one str.

    See Also
    --------
    textvec.datasets.read_text : Documents in files.
    textvec.load : Open the folder again.

    Notes
    -----
    The folder is written under another name, and renamed when it is whole: any error leaves what
    was there. What a killed process leaves, the next call for the same folder removes. Tokens have
    one vocabulary, as those of `transform` do. Slices of neighbouring rows of mapped Tokens and
    Ragged are mapped, too; those of a sparse matrix are copied.

    Examples
    --------
    A linear model that learns from counts that are never in memory together:

    >>> import tempfile
    >>> from sklearn.linear_model import SGDClassifier
    >>> from textvec import HashingVectorizer, SequenceVectorizer, transform_blocks
    >>> documents, y = ["the frog", "the toad", "a frog", "a toad"], [1, 0, 1, 0]
    >>> model, first = SGDClassifier(random_state=0), 0
    >>> for X in transform_blocks(HashingVectorizer(), documents, block_size=2):
    ...     stop = first + X.shape[0]
    ...     model = model.partial_fit(X, y[first:stop], classes=[0, 1])
    ...     first = stop

    Ids on disk:

    >>> folder = tempfile.mkdtemp() + "/ids"
    >>> vectorizer = SequenceVectorizer().fit(documents)
    >>> transform_blocks(vectorizer, documents, out=folder)
    Ragged(4 rows, 8 items of int32)
    """
    call = getattr(transformer, method)
    refuse_lone_text(X)
    if block_size is not None and integer(block_size, "block_size") < 1:
        raise ValueError(f"block_size must be 1 or more, got {block_size}.")
    size = None if block_size is None else integer(block_size, "block_size")
    if out is None:
        return _results(call, X, size)
    path = checked_path(out, "out")
    parts = _or_empty(call, X, _results(call, X, size))
    with replacing_folder(path, is_block_folder, "folder of transform_blocks") as folder:
        with closing(FolderStore(folder)) as store:
            facts = join(parts, store)
        write_description(folder, facts)
    return open_block_folder(path, is_trusted=True)


def transform_stream(call: Callable[[Any], _Result], X: Any) -> _Result:
    """Return the result for a stream of documents, of which only a block is held at a time."""
    store = MemoryStore()
    facts = join(_or_empty(call, X, _results(call, X, None)), store)
    return cast("_Result", container_of(facts, store.arrays))


def _results(call: Callable[[Any], Any], X: Any, block_size: int | None) -> Iterator[Any]:
    return (numbered(call, block.rows, block.first) for block in cut(X, block_size))


def _or_empty(call: Callable[[Any], Any], X: Any, parts: Iterable[Any]) -> Iterator[Any]:
    """Yield the parts; if there are none, the result for no rows."""
    n_parts = 0
    for part in parts:
        n_parts += 1
        yield part
    if not n_parts:
        yield call(X[:0] if hasattr(X, "shape") else [])
