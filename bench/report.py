"""A goal's row: who else was measured, what we reached, and what that means."""

import json
import math
from dataclasses import asdict, dataclass

MET, HALF, MISSED, NOT_MEASURED = "met", "half met", "missed", "not measured"


@dataclass
class Row:
    goal: str
    what: str
    ours: str = ""
    rival: str = ""
    limit: str = ""
    reached: float = math.nan  # in the goal's own measure: a ratio, milliseconds, MiB ...
    wanted: float = math.nan
    more_is_better: bool = True
    unit: str = ""
    note: str = ""

    @property
    def verdict(self):
        if math.isnan(self.reached) or math.isnan(self.wanted):
            return NOT_MEASURED
        # How much of the goal: 1 is all of it. No time and no memory at all is as good as it gets.
        if self.more_is_better:
            share = self.reached / self.wanted
        else:
            share = self.wanted / self.reached if self.reached > 0 else math.inf
        return MET if share >= 1 else HALF if share >= 0.5 else MISSED

    @property
    def judged(self):
        return "" if math.isnan(self.reached) else number(self.reached) + unit_of(self.unit)

    @property
    def aim(self):
        sign = "≥" if self.more_is_better else "≤"
        return "" if math.isnan(self.wanted) else f"{sign} {number(self.wanted)}{unit_of(self.unit)}"


def unit_of(unit):
    return unit if unit in ("", "×") else " " + unit


def number(value):
    """Three digits that mean something, and no more."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}".rstrip("0").rstrip(".") or "0"


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(text):
    """wrk's "812.00us", "4.31ms", "1.02s", "1.50m" as milliseconds."""
    for unit, factor in (("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)):
        if text.endswith(unit):
            return float(text[: -len(unit)]) * factor
    raise ValueError(text)


HEADINGS = ("goal", "what", "rival", "limit", "ours", "reached", "wanted", "")


def cells(row):
    return (row.goal, row.what, row.rival, row.limit, row.ours, row.judged, row.aim, row.verdict)


def table(rows):
    lines = [HEADINGS, *(cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    out = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join(out + [f"{row.goal}: {row.note}" for row in rows if row.note])


def markdown(rows):
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(cells(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def as_json(rows, conditions):
    def plain(row):
        found = {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in asdict(row).items()}
        return {**found, "verdict": row.verdict}

    return json.dumps({"conditions": conditions, "rows": [plain(row) for row in rows]}, ensure_ascii=False, indent=1)
