"""OmniLens with nothing measured: no counter counts, no time is noted, nobody looks."""

from __future__ import annotations

import asyncio
from typing import Any

from omnilens.cli import main
from omnilens.oncall.oncall import OnCall
from omnilens.operations import metrics, sockets
from omnilens.pipeline import times


class Nothing:
    """In the place of every counter, gauge and histogram, with whatever labels."""

    def labels(self, *_: str) -> Nothing:
        return self

    def nothing(self, *_: Any) -> None:
        pass

    inc = dec = set = observe = set_function = nothing


class Unmeasured(metrics.Metrics):
    def __init__(self) -> None:
        super().__init__()
        self.__dict__.update({name: Nothing() for name in vars(self) if name != "registry"})


class Untimed(times.Times):
    def __init__(self) -> None:
        super().__init__(kept=1, clock=lambda: 0.0)

    def note_taken(self, taken: times.Taken) -> None:
        pass

    def note_shown(self, shown: times.Shown) -> None:
        pass


async def rest(_: OnCall) -> None:
    await asyncio.Event().wait()


if __name__ == "__main__":
    import omnilens.app

    for place, name, other in (
        (omnilens.app, "Metrics", Unmeasured),
        (omnilens.app, "Times", Untimed),
        (OnCall, "run", rest),
    ):
        setattr(place, name, other)
    for name in ("sent", "received", "connected", "opened"):
        setattr(sockets.SocketMetrics, name, Nothing.nothing)
    main()
