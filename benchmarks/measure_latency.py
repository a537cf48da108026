"""From a signed POST to a subscribed client: one delivery after another, on an idle server and on a watched one."""

import asyncio
import statistics

from bench import COMMANDS, Deliveries, Target, running, show, subscribers

DELIVERIES = 200


async def measure(target: Target, watching: int) -> list[float]:
    heard: asyncio.Queue[float] = asyncio.Queue()
    await subscribers(target, watching, heard)
    deliveries = Deliveries(target)
    taken = []
    for _ in range(DELIVERIES):
        posted = await deliveries.post()
        taken.append((await heard.get() - posted) * 1000)
    return taken


def main() -> None:
    for watching in (1, 200):
        taken = {}
        for name in COMMANDS:
            with running(name) as target:
                taken[name] = asyncio.run(measure(target, watching))
        title = f"From POST to client, {watching} watching"
        show(f"{title}, median", "ms", {name: statistics.median(each) for name, each in taken.items()})
        show(f"{title}, 99 of 100", "ms", {name: statistics.quantiles(each, n=100)[98] for name, each in taken.items()})


if __name__ == "__main__":
    main()
