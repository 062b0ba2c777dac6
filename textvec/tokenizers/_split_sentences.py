"""Documents cut into sentences by a rule of three lines."""

from __future__ import annotations

import re

from .._inputs._named_arguments import naming_arguments

# Possessive, and begun only where no such mark stands before: a run of a million dots takes a
# million steps, not their square.
_END = re.compile(
    r"""(?<![.!?…])[.!?…]++["'”’»)\]]*+(?P<blank>\s++)"""
    r"""|(?<![。！？])[。！？]++["'”’」』）]*+\s*+"""
    r"""|\n[^\S\n]*+\n\s*+"""
)


@naming_arguments()
def split_sentences(document: str) -> list[str]:
    r"""Cut a document into sentences.

    A sentence ends

    - behind ``.``, ``!``, ``?`` or ``…``, any number of them and of closing quotes and brackets,
      if white space follows and then no lower-case letter;
    - behind ``。``, ``！`` or ``？``, whatever follows;
    - at an empty line.

    Parameters
    ----------
    document : str
        Raw text.

    Returns
    -------
    list of str
        The sentences, in order, without white space around them; none is empty.

    Raises
    ------
    TypeError
        If `document` is no str.

    See Also
    --------
    SkipThought : Takes this or any other function.

    Notes
    -----
    The rule knows no abbreviations: ``Dr. Who`` is cut in two. Nor does it cut a text that has no
    capitals at all. Where that matters, take a splitter of spaCy or NLTK.

    Examples
    --------
    >>> from textvec import split_sentences
    >>> split_sentences('It cost $3.50... for "this"? "Never!" she said.\n\nThe end')
    ['It cost $3.50... for "this"?', '"Never!" she said.', 'The end']
    """
    if not isinstance(document, str):
        raise TypeError(f"document must be a str, got {type(document).__name__}.")
    sentences, start = [], 0
    for end in _END.finditer(document):
        if end["blank"] and document[end.end() : end.end() + 1].islower():
            continue
        sentences.append(document[start : end.end()].strip())
        start = end.end()
    sentences.append(document[start:].strip())
    return [sentence for sentence in sentences if sentence]
