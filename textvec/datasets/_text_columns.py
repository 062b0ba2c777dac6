"""The documents of one file: its lines, itself, or a column of its table."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from .._compat import import_optional
from ._fasta import Record, records
from ._text_decoding import DecodedText, Recoded, carriage_returns_alone, open_bytes

Kind = Literal["text", "csv", "tsv", "jsonl", "parquet", "fasta"]
_CSV_BLOCK = 1 << 24  # bytes, at least those of a row
_ROWS = 1024  # of a table that are read at a time
_NEEDED_FOR = "reading columns of tables"


@dataclass(frozen=True)
class Layout:
    """How the documents lie in files.

    Parameters
    ----------
    kind : {"text", "csv", "tsv", "jsonl", "parquet", "fasta"}
    column : str or None
    document : {"line", "file"}
    encoding, errors : str
    """

    kind: Kind
    column: str | None
    document: Literal["line", "file"]
    encoding: str
    errors: str

    def documents(self, path: Path) -> Iterator[Any]:
        """Yield the documents of a file; None for one that is missing."""
        if self.kind == "parquet":
            yield from _of_parquet(path, self.column)
            return
        with open_bytes(path) as file:
            text = DecodedText(file, str(path), encoding=self.encoding, errors=self.errors)
            if self.document == "file":
                yield "".join(text)
            elif self.kind == "text":
                yield from text.lines()
            elif self.kind == "fasta":
                name = _chosen(self.column or "sequence", list(Record._fields), str(path))
                yield from (getattr(record, name) for record in records(path, text))
            elif self.kind == "jsonl":
                yield from _of_json_lines(path, text, self.column)
            else:
                yield from _of_csv(path, text, self.column, "," if self.kind == "csv" else "\t")


def _chosen(column: str | None, names: list[str], where: str) -> str:
    """Return the column of the documents among those that there are."""
    if column is None and len(names) == 1:
        return names[0]
    if column not in names:
        missing = (
            "column= must name the one that holds the text"
            if column is None
            else (f"there is no column {column!r}")
        )
        raise ValueError(f"{where}: {missing}; there are {', '.join(map(repr, names)) or 'none'}.")
    return column


def _of_json_lines(path: Path, text: DecodedText, column: str | None) -> Iterator[Any]:
    name = column
    for number, line in enumerate(text.lines(), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{where}: no JSON ({error}).") from error
        if not isinstance(row, dict):
            raise ValueError(
                f'{where}: expected an object, as {{"text": ...}}, got {line[:50]!r}: a file of '
                "JSON has one document a line."
            )
        name = _chosen(name, list(row), where)
        yield _text_or_none(row[name], where)


def _text_or_none(value: Any, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"{where}: the column holds {value!r:.50}, expected text.")


def _of_csv(path: Path, text: DecodedText, column: str | None, delimiter: str) -> Iterator[Any]:
    pyarrow = import_optional("pyarrow", needed_for=_NEEDED_FOR)
    csv = import_optional("pyarrow.csv", needed_for=_NEEDED_FOR)
    file = cast(Any, io.BufferedReader(Recoded(text)))
    first = file.peek(1)
    if not first:
        return
    header = _csv_names(csv, file, path, delimiter)
    name = _chosen(column, header, str(path))
    if header.count(name) > 1:
        raise ValueError(f"{path}: there are {header.count(name)} columns {name!r}.")
    if not file.peek(1):  # which pyarrow takes for no table at all
        return
    reader = _arrow_errors(
        path,
        csv.open_csv,
        file,
        read_options=csv.ReadOptions(block_size=_CSV_BLOCK, column_names=header, use_threads=False),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=[name],
            column_types={name: pyarrow.string()},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    yield from _batches(path, reader)


def _csv_names(csv: Any, file: BinaryIO, path: Path, delimiter: str) -> list[str]:
    """Read the names of the columns, which are in the first row."""
    line = file.readline()
    while line.count(b'"') % 2:  # a name holds a line feed
        more = file.readline()
        if not more:
            raise ValueError(f"{path}, line 1: a quote does not end.")
        line += more
    options = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    line = line.rstrip(b"\r\n") + b"\n"
    table = _arrow_errors(path, csv.read_csv, io.BytesIO(line), parse_options=options)
    if table.num_rows:
        raise ValueError(carriage_returns_alone(str(path)))
    return list(table.column_names)


def _of_parquet(path: Path, column: str | None) -> Iterator[Any]:
    parquet = import_optional("pyarrow.parquet", needed_for=_NEEDED_FOR)
    # With a buffer, a row group is read in pieces; it may hold more than memory does.
    file = _arrow_errors(path, parquet.ParquetFile, path, buffer_size=1 << 20, pre_buffer=False)
    with file:
        schema = file.schema_arrow
        name = _chosen(column, list(schema.names), str(path))
        kind = str(schema.field(name).type)
        if ("string" not in kind and kind != "null") or kind.startswith(("struct", "map")):
            raise ValueError(f"{path}: the column {name!r} holds {kind}, expected text.")
        batches = file.iter_batches(batch_size=_ROWS, columns=[name], use_threads=False)
        yield from _batches(path, batches)


def _batches(path: Path, batches: Any) -> Iterator[Any]:
    """Yield the documents of batches of one column."""
    rest = iter(batches)
    end, first = object(), 0
    while (batch := _arrow_errors(path, next, rest, end)) is not end:
        yield from _texts(path, batch.column(0), first)
        first += len(batch)


def _texts(path: Path, column: Any, first: int) -> list[Any]:
    """Return the items of a column whose first is in row `first` of the file."""
    try:
        texts: list[Any] = column.to_pylist()
        return texts
    except UnicodeDecodeError as error:
        row = first + next(row for row, value in enumerate(column) if not _is_utf8(value))
        raise ValueError(f"{path}, row {row} (from 0): not UTF-8: {error.reason}.") from error


def _is_utf8(value: Any) -> bool:
    try:
        value.as_py()
    except UnicodeDecodeError:
        return False
    return True


def _arrow_errors(path: Path, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a function of pyarrow, whose errors name no file."""
    arrow_error = import_optional("pyarrow", needed_for=_NEEDED_FOR).ArrowException
    try:
        return function(*args, **options)
    except (arrow_error, OSError) as error:
        if getattr(error, "errno", None) is not None:  # of the system, which says what it is
            raise
        raise ValueError(f"{path}: {error}") from error
