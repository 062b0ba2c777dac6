"""The classes of ours that ``skops.io.load`` may trust."""

from __future__ import annotations

from ._type_names import classes_of_ours

# Tables of numbers of SciPy, which skops does not know to be such.
_OF_SCIPY = ("scipy.sparse._csr.csr_array", "scipy.sparse._csr.csr_matrix")


def trusted_types() -> list[str]:
    """Return the names of textvec's classes, for the `trusted` of ``skops.io.load``.

    Their objects check the states that a file makes them of, and run no code of it. Classes of
    other packages in the same file are for you to judge: ``skops.io.get_untrusted_types`` lists
    them.

    Returns
    -------
    list of str
        Names of classes, with their modules.

    See Also
    --------
    textvec.load : Read what ``textvec.save`` has written, which needs no such list.

    Examples
    --------
    >>> from skops import io
    >>> from textvec import CountVectorizer
    >>> from textvec.saving import trusted_types
    >>> data = io.dumps(CountVectorizer().fit(["a frog"]))
    >>> io.loads(data, trusted=trusted_types()).get_feature_names_out()
    array(['frog'], dtype=object)
    """
    return [*(f"{c.__module__}.{c.__qualname__}" for c in classes_of_ours()), *_OF_SCIPY]
