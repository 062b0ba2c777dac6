"""The share of values that conformal intervals of forecasts hold, and the share that was wanted.

    TEXTVEC_DATA=... python benchmarks/forecast_intervals.py

Public series: airline passengers, if TEXTVEC_DATA names a folder with them, and those that the
package statsmodels ships (pip install statsmodels). Each model is fitted, with its errors of 40
windows, to the first 50 %, 60 %, ... 90 % of a series; from every step of the next 10 % on, it
forecasts `horizon` steps without training (``predict_interval(past=...)``), and each value that
comes counts as held or not. Widths are those of the intervals divided by the mean error of the
seasonal naive forecast.

What to expect: the share that was wanted or somewhat more, on the mean of the series; on a single
one it may be off by some ten points. 40 errors of neighbouring steps, from one spell of the past,
are few, and those of a network that learned from a shorter series are larger.

Takes two minutes of one core.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from textvec import ConformalForecaster, NaiveForecaster, RNNForecaster

N_WINDOWS, PARTS, COVERAGES = 40, (0.5, 0.6, 0.7, 0.8, 0.9), (0.8, 0.9)


class Case(NamedTuple):
    """A series, its season and how many steps are forecast."""

    y: NDArray[np.float64]
    season: int
    horizon: int


def cases() -> dict[str, Case]:
    """Return the series by name, those whose swings grow with their level as logarithms."""
    from statsmodels.datasets import co2, elnino, macrodata, nile, sunspots

    found = {}
    if os.environ.get("TEXTVEC_DATA"):
        path = Path(os.environ["TEXTVEC_DATA"]) / "airline_passengers.csv.gz"
        found["airline, log"] = Case(np.log(pd.read_csv(path)["Passengers"]), 12, 6)
    monthly = co2.load_pandas().data["co2"].resample("MS").mean().interpolate()
    macro = macrodata.load_pandas().data
    found["CO2, log"] = Case(np.log(monthly), 12, 6)
    found["El Nino"] = Case(elnino.load_pandas().data.drop(columns="YEAR").stack(), 12, 6)
    found["US consumption, log"] = Case(np.log(macro["realcons"]), 4, 4)
    found["US unemployment"] = Case(macro["unemp"], 1, 4)
    found["Nile"] = Case(nile.load_pandas().data["volume"], 1, 3)
    found["sunspots"] = Case(sunspots.load_pandas().data["SUNACTIVITY"], 11, 4)
    return {n: case._replace(y=np.asarray(case.y, np.float64)) for n, case in found.items()}


def measure(case: Case, forecaster: object) -> list[float]:
    """Return the share held and the mean width, of each coverage."""
    held: dict[float, list[NDArray[np.bool_]]] = {coverage: [] for coverage in COVERAGES}
    widths: dict[float, list[NDArray[np.float64]]] = {coverage: [] for coverage in COVERAGES}
    for part in PARTS:
        n_fit, end = int(part * len(case.y)), int((part + 0.1) * len(case.y))
        model = ConformalForecaster(
            forecaster, horizon=case.horizon, n_windows=min(N_WINDOWS, n_fit // 3)
        ).fit(y=case.y[:n_fit])
        scale = np.abs(case.y[case.season : n_fit] - case.y[: n_fit - case.season]).mean()
        for stop in range(n_fit, end - case.horizon + 1):
            came = case.y[stop : stop + case.horizon]
            for coverage in COVERAGES:
                lower, upper = model.predict_interval(coverage=coverage, past=case.y[:stop])
                held[coverage].append((lower <= came) & (came <= upper))
                widths[coverage].append((upper - lower) / scale)
    return [
        float(np.mean(figures[coverage])) for coverage in COVERAGES for figures in (held, widths)
    ]


def network(case: Case) -> RNNForecaster:
    """Return a small network that reads a season, or 12 steps."""
    differences = (case.season,) if case.season > 1 else (1,)
    return RNNForecaster(
        cell="gru",
        hidden_size=16,
        n_lags=max(case.season, 8),
        horizon=case.horizon,
        differences=differences,
        learning_rate_init=5e-3,
        max_iter=40,
        random_state=0,
    )


def main() -> None:
    head = "".join(f"{f'held of {c:.0%}':>14}{'width':>8}" for c in COVERAGES)
    print(f"{'':22}{'steps':>6} {'model':8}{head}")
    table: dict[str, list[list[float]]] = {"naive": [], "network": []}
    for name, case in cases().items():
        models = {"naive": NaiveForecaster(season_length=case.season), "network": network(case)}
        for kind, forecaster in models.items():
            found = measure(case, forecaster)
            table[kind].append(found)
            cells = "".join(f"{x:14.3f}{width:8.2f}" for x, width in zip(*[iter(found)] * 2))
            print(f"{name:22}{len(case.y):6} {kind:8}{cells}")
    for kind, rows in table.items():
        cells = "".join(
            f"{x:14.3f}{width:8.2f}" for x, width in zip(*[iter(np.mean(rows, axis=0))] * 2)
        )
        print(f"{'mean':22}{'':6} {kind:8}{cells}")


if __name__ == "__main__":
    main()
