"""Reading lines of vectors once more, slowly, by one regular expression."""

from __future__ import annotations

import re

import numpy as np

NUMBER = rb"(?i:[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|nan|inf|infinity))"

DECIMAL = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def as_float32(text: bytes) -> np.float32:
    with np.errstate(over="ignore"):
        return np.float32(float(text))


def holds_record(token: bytes, width: int, *, any_token: bool) -> bool:
    """Tell whether as many numbers as a vector has stand in a row behind the first field."""
    most = max(width, 3) if any_token else width
    n_in_row = 0
    for field in re.split(rb"[ \t]", token)[1:]:
        number = DECIMAL.match(field)
        is_whole = number is not None and number.end() == len(field)
        if number is not None and (is_whole or n_in_row) and n_in_row + 1 >= most:
            return True
        if field:
            n_in_row = n_in_row + 1 if is_whole else 0
    return False


def read_rows(data: bytes, width: int, *, any_token: bool) -> list[tuple[bytes, list[np.float32]]]:
    """Return tokens and numbers of all lines; a ValueError holds the number of a bad line."""
    pattern = re.compile(rb"(.*?)((?:[ \t]+%s){%d})" % (NUMBER, width), re.DOTALL)
    ends_in_number = re.compile(rb".*[ \t]+%s" % NUMBER, re.DOTALL)
    rows = []
    for number, line in enumerate(data.split(b"\n"), 1):
        line = line.rstrip(b" \t\r")
        if not line:
            continue
        match = pattern.fullmatch(line)
        if match is None:
            raise ValueError(number)
        token, rest = match.groups()
        if not token.strip(b" \t"):  # of blanks: the last one before the numbers parts them
            numbers_begin = len(line) - len(line.lstrip(b" \t"))
            token = line[: numbers_begin - 1]
        elif ends_in_number.fullmatch(token) and not any_token:
            raise ValueError(number)
        numbers = [as_float32(field) for field in rest.split()]
        if b"\0" in token or b"\r" in token or holds_record(token, width, any_token=any_token):
            raise ValueError(number)
        try:
            token.decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(number) from None
        if not np.isfinite(numbers).all():
            raise ValueError(number)
        rows.append((token, numbers))
    return rows
