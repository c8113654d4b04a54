"""The bars of a soak: what was measured, what was promised, and whether it was kept; printed and in build/soak.json."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from benchmarks.figures import median, percentile

RESULT = Path(__file__).resolve().parents[2] / "build" / "soak.json"

type Figure = Literal["median", "p95", "max"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: figures of all runs, the figure that counts, and its bound."""

    name: str
    unit: str
    median: float
    p95: float
    max: float
    runs: int
    bar: str
    met: bool


class Bars:
    """Gathers rows, by name; a soak in parts keeps the rows of the parts before, if they were of the same scale."""

    def __init__(self, scale: float) -> None:
        """Take up what is written; `scale` is how much of the whole soak is run."""
        self._scale = scale
        self._rows: dict[str, Bar] = {}
        if RESULT.is_file():
            written = json.loads(RESULT.read_text())
            if written["scale"] == scale:
                self._rows = {row["name"]: Bar(**row) for row in written["bars"]}

    def add(self, name: str, values: Sequence[float], *, at_most: float, of: Figure = "max", unit: str = "s") -> None:
        """Add a row and write the table."""
        figures = {"median": median(values), "p95": percentile(values, 95), "max": max(values)}
        bar = f"{of} <= {at_most:g}"
        rounded = {key: round(value, 3) for key, value in figures.items()}
        row = Bar(name, unit, **rounded, runs=len(values), bar=bar, met=figures[of] <= at_most)
        self._rows[name] = row
        print(  # noqa: T201 - the table is read while the soak runs
            f"\n{name}: median {row.median} {unit}, p95 {row.p95}, max {row.max}, {row.runs} runs; "
            f"{bar}: {'met' if row.met else 'NOT MET'}"
        )
        RESULT.parent.mkdir(exist_ok=True)
        table = {"scale": self._scale, "bars": [asdict(row) for row in self._rows.values()]}
        RESULT.write_text(json.dumps(table, indent=2) + "\n")

    @property
    def unmet(self) -> list[str]:
        """The names of the bars that were not kept."""
        return [row.name for row in self._rows.values() if not row.met]
