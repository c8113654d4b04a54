"""The outcome of a run: one row a measure, judged against its aim, as a table and as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import median


@dataclass(frozen=True, slots=True)
class Aim:
    """What a measure should stay within; each bound is optional. `extra` is an allowance over the peer, in its unit."""

    ratio: float | None = None
    extra: float | None = None
    limit: float | None = None

    def met(self, ours: float, peer: float | None) -> bool | None:
        """Return whether the figures keep this aim; None where nothing can be said."""
        if self.limit is not None:
            return ours < self.limit
        if peer is None:
            return None
        if self.ratio is not None:
            return ours <= peer * self.ratio
        return None if self.extra is None else ours <= peer + self.extra

    def words(self) -> str:
        """Return the aim as the table shows it."""
        if self.limit is not None:
            return f"< {self.limit:g}"
        if self.ratio is not None:
            return f"<= {self.ratio:.2g} x"
        return "" if self.extra is None else f"<= +{self.extra:g}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured: its name in the JSON, its unit, its aim."""

    name: str
    unit: str
    aim: Aim = field(default_factory=Aim)


MEASURES: tuple[Measure, ...] = (
    Measure("first_frame_s", "s", Aim(ratio=1 / 3)),
    Measure("latency_p50_ms", "ms"),
    Measure("latency_p95_ms", "ms", Aim(extra=10)),
    Measure("cpu_720_pct", "% of a core", Aim(ratio=0.8)),
    Measure("shown_720_fps", "1/s"),
    Measure("cpu_1080_pct", "% of a core", Aim(ratio=0.8)),
    Measure("shown_1080_fps", "1/s"),
    Measure("memory_mb", "MB", Aim(ratio=0.25)),
    Measure("start_s", "s"),
    Measure("gui_gap_p99_ms", "ms", Aim(limit=20)),
    Measure("gui_gap_max_ms", "ms", Aim(limit=100)),
)
"""Everything measured, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """The medians of one measure; `runs` counts the runs of the side that has fewer."""

    measure: Measure
    ours: float
    peer: float | None
    runs: int

    @property
    def ratio(self) -> float | None:
        """Ours in parts of the peer's; None where there is no peer."""
        return None if not self.peer else self.ours / self.peer

    @property
    def met(self) -> bool | None:
        """Whether the aim is kept; None where there is none."""
        return self.measure.aim.met(self.ours, self.peer)


type Samples = Mapping[str, Sequence[float]]
"""One figure a run, by the measure's name."""


def rows_of(ours: Samples, peer: Samples) -> list[Row]:
    """Return a row for each measure that our side has figures of, in the order of `MEASURES`."""
    rows = []
    for measure in MEASURES:
        mine, theirs = ours.get(measure.name, ()), peer.get(measure.name, ())
        if mine:
            runs = min(len(mine), len(theirs)) if theirs else len(mine)
            rows.append(Row(measure, median(mine), median(theirs) if theirs else None, runs))
    return rows


def to_json(rows: Iterable[Row]) -> str:
    """Return the rows as the JSON text of `build/bench.json`."""
    entries = [
        {
            "name": row.measure.name,
            "unit": row.measure.unit,
            "ours": round(row.ours, 4),
            "peer": None if row.peer is None else round(row.peer, 4),
            "ratio": None if row.ratio is None else round(row.ratio, 4),
            "runs": row.runs,
        }
        for row in rows
    ]
    return json.dumps(entries, indent=2) + "\n"


def add_rows(output: Path, rows: Iterable[Row]) -> None:
    """Put rows into the file of an earlier run, each in the place of the one with its name."""
    known = json.loads(output.read_text(encoding="utf-8")) if output.exists() else []
    new = json.loads(to_json(rows))
    names = {row["name"] for row in new}
    output.parent.mkdir(parents=True, exist_ok=True)
    kept = [row for row in known if row["name"] not in names]
    output.write_text(json.dumps(kept + new, indent=2) + "\n", encoding="utf-8")


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a table for a terminal."""
    lines = [("measure", "unit", "app", "browser", "ratio", "aim", "", "runs")]
    lines += [
        (
            row.measure.name,
            row.measure.unit,
            _figure(row.ours),
            "-" if row.peer is None else _figure(row.peer),
            "-" if row.ratio is None else f"{row.ratio:.2f}",
            row.measure.aim.words(),
            {True: "met", False: "missed", None: ""}[row.met],
            str(row.runs),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    right = {2, 3, 4, 7}
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in right else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _figure(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
