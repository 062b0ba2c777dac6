"""Vocabularies as files that other programs read: JSON, and one token a line."""

from __future__ import annotations

import json
import os
from codecs import BOM_UTF8
from collections import Counter
from typing import Any

from .._inputs._paths import checked_path
from .._storage._files import replacing

# What lists of other libraries (Keras, torchtext, transformers) hold for padding and unknown.
PADDING_NAMES = frozenset({"", "[PAD]", "<pad>", "<PAD>", "[pad]"})
UNKNOWN_NAMES = frozenset({"[UNK]", "<unk>", "<UNK>", "[unk]", "<oov>", "<OOV>", "[OOV]"})

# The lines before the first token, by `first_id`.
_FIRST_LINES: dict[int, list[str]] = {0: [], 2: ["[PAD]", "[UNK]"]}
# Readers of text files may take these for ends of lines, too.
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"

PathLike = str | os.PathLike[str]


def names_padding_and_unknown(tokens: list[Any]) -> bool:
    """Return whether a list begins with names of padding and of the unknown token."""
    return (
        len(tokens) > 1
        and all(isinstance(token, str) for token in tokens[:2])
        and tokens[0] in PADDING_NAMES
        and tokens[1] in UNKNOWN_NAMES
    )


def write_json(path: PathLike, mapping: dict[str, int]) -> None:
    """Write a mapping of tokens to ids as an object of JSON, a token a line."""
    try:
        text = json.dumps(mapping, ensure_ascii=False, indent=0).encode()
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can stand for
        text = json.dumps(mapping, indent=0).encode()
    with replacing(checked_path(path, "path"), example="vocabulary.json") as file:
        file.write(text)


def read_json(path: PathLike) -> dict[str, int] | list[str]:
    """Return an object of tokens and ids, or a list of tokens.

    Raises
    ------
    ValueError
        If the file is not JSON, holds something else, or a token twice.
    """
    file = checked_path(path, "path")
    try:
        content = json.loads(file.read_text("utf-8-sig"), object_pairs_hook=_distinct)
    except ValueError as error:
        raise ValueError(f"{path} is no vocabulary in JSON: {error}") from error
    if not isinstance(content, (dict, list)):
        raise ValueError(
            f"{path} must hold an object of tokens and ids, or a list of tokens, got "
            f"{type(content).__name__}."
        )
    return content


def write_lines(path: PathLike, tokens: list[str], first_id: int) -> None:
    """Write one token a line, in the line of its id.

    Raises
    ------
    ValueError
        If the lines would not be read back as these tokens and ids.
    """
    if first_id not in _FIRST_LINES:
        raise ValueError(
            f"lines of text begin with the id 0 or 2, got first_id={first_id}: use to_json."
        )
    for token in tokens:
        if any(end in token for end in _LINE_ENDS):
            raise ValueError(f"the token {token!r} holds an end of line: use to_json.")
    lines = [*_FIRST_LINES[first_id], *tokens]
    if first_id == 0 and names_padding_and_unknown(tokens):
        raise ValueError(
            f"the tokens begin with {tokens[:2]}, which a text file has in front of the ids from 2 "
            "on: use to_json."
        )
    try:
        text = "".join(f"{line}\n" for line in lines).encode()
        if text.startswith(BOM_UTF8):  # of a token, not of the file
            text = BOM_UTF8 + text
    except UnicodeEncodeError as error:
        raise ValueError(f"a token is no UTF-8, use to_json: {error}") from error
    with replacing(checked_path(path, "path"), example="vocabulary.txt") as file:
        file.write(text)


def read_lines(path: PathLike) -> list[str]:
    """Return the lines of a text file.

    Raises
    ------
    ValueError
        If the file is not UTF-8.
    """
    try:
        text = checked_path(path, "path").read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8: {error}") from error
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        counts = Counter(token for token, _ in pairs)
        raise ValueError(f"the token {counts.most_common(1)[0][0]!r} occurs twice.")
    return mapping
