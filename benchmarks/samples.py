"""What was measured: one sample for each round of each peer in each case, and what a table makes of them."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """One peer in one case in one round. Figures are in seconds and bytes, whatever a table shows."""

    scenario: str
    case: str
    peer: str
    figures: Mapping[str, float] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """The rounds of one figure."""

    median: float
    low: float
    high: float


class Samples:
    """Every sample of a run, and the peers that were skipped, with the reason."""

    def __init__(
        self, samples: Iterable[Sample] = (), skipped: Mapping[str, str] | None = None, machine: str = ""
    ) -> None:
        self.all = list(samples)
        self.skipped = dict(skipped or {})
        self.machine = machine
        """What they were measured on, in a sentence."""

    def of(self, scenario: str) -> Samples:
        return Samples((each for each in self.all if each.scenario == scenario), self.skipped, self.machine)

    @property
    def scenarios(self) -> list[str]:
        return list(dict.fromkeys(each.scenario for each in self.all))

    @property
    def cases(self) -> list[str]:
        return list(dict.fromkeys(each.case for each in self.all))

    def peers(self, case: str) -> list[str]:
        return list(dict.fromkeys(each.peer for each in self.all if each.case == case))

    def spread(self, case: str, peer: str, figure: str) -> Spread | None:
        """Over the rounds; nothing if one of them failed or none was measured."""
        values = list(self._values(case, peer, figure))
        if not values or self.problem(case, peer):
            return None
        return Spread(statistics.median(values), min(values), max(values))

    def median(self, case: str, peer: str, figure: str) -> float | None:
        spread = self.spread(case, peer, figure)
        return spread.median if spread else None

    def problem(self, case: str, peer: str) -> str | None:
        problems = (each.problem for each in self.all if (each.case, each.peer) == (case, peer))
        return next((problem for problem in problems if problem), None)

    def _values(self, case: str, peer: str, figure: str) -> Iterator[float]:
        for each in self.all:
            if (each.case, each.peer) == (case, peer) and figure in each.figures:
                yield each.figures[figure]

    # Kept between runs, so that one scenario can be measured again without the others

    def replace(self, newer: Samples) -> Samples:
        """These, with every scenario that `newer` has taken from there."""
        kept = [each for each in self.all if each.scenario not in newer.scenarios]
        skipped = {**self.skipped, **newer.skipped} if kept else newer.skipped
        return Samples([*kept, *newer.all], skipped, newer.machine)

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ",\n".join(json.dumps(asdict(each), separators=(",", ":")) for each in self.all)
        head = f'"machine":{json.dumps(self.machine)},"skipped":{json.dumps(self.skipped)}'
        path.write_text(f'{{{head},"samples":[\n{lines}\n]}}\n', encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Samples:
        if not path.exists():
            return cls()
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls((Sample(**each) for each in kept["samples"]), kept["skipped"], kept["machine"])
