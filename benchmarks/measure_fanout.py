"""What one update to one subscriber costs the server, in CPU time."""

import asyncio

from bench import COMMANDS, Deliveries, Target, running, show, subscribers

CLIENTS = 500
UPDATES = 60


async def measure(target: Target) -> float:
    clients = await subscribers(target, CLIENTS)
    deliveries = Deliveries(target)
    before = target.cpu_seconds()
    for _ in range(UPDATES):
        await deliveries.post()
    async with asyncio.timeout(60):
        while any(client.updates < UPDATES for client in clients):  # noqa: ASYNC110 - they only count
            await asyncio.sleep(0.05)
    return (target.cpu_seconds() - before) / (CLIENTS * UPDATES) * 1e6


def main() -> None:
    measured = {}
    for name in COMMANDS:
        with running(name) as target:
            measured[name] = asyncio.run(measure(target))
    show(f"CPU time of an update to one of {CLIENTS} subscribers, its delivery included", "µs", measured)


if __name__ == "__main__":
    main()
