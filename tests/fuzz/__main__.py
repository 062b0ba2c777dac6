"""Fuzz every public callable for some minutes: ``python -m tests.fuzz --minutes 60``."""

from __future__ import annotations

import argparse
import time
import traceback
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings

from .callables import CALLABLES
from .judge import Finding, ask
from .strategies import anything


def fuzz(name, n_examples, known, calls):
    """Ask one function, and return the first finding that is not known, with its argument."""
    arguments = []

    @settings(
        max_examples=n_examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    @given(anything)
    def run(argument):
        calls[name] += 1
        arguments[:] = [argument]
        ask(CALLABLES[name], argument, known)

    try:
        run()
    except Finding as found:
        return str(found), arguments[0], found.__cause__
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--examples", type=int, default=25, help="arguments a function and round")
    parser.add_argument("--only", default="", help="only callables whose name holds this")
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    names = [name for name in CALLABLES if options.only in name]
    known: set[str] = set()
    calls: Counter[str] = Counter()
    while time.monotonic() < end:
        for name in names:
            found = fuzz(name, options.examples, known, calls)
            if found is not None:
                place, argument, error = found
                known.add(place)
                print(f"--- {name}: {place}\n{argument!a:.300}", flush=True)
                print(
                    ascii("".join(traceback.format_exception(error)[-3:])).replace("\\n", "\n"),
                    flush=True,
                )
            if time.monotonic() > end:
                break
    print(f"{sum(calls.values())} calls of {len(calls)} callables, {len(known)} findings")
    return bool(known)


if __name__ == "__main__":
    raise SystemExit(main())
