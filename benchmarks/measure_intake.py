"""What one signed delivery costs the server, in CPU time, with nobody watching."""

import asyncio

from bench import COMMANDS, Deliveries, Target, running, show

DELIVERIES = 3000
AT_ONCE = 16


async def measure(target: Target) -> float:
    deliveries = Deliveries(target)
    await deliveries.post()
    before = target.cpu_seconds()

    async def sender() -> None:
        for _ in range(DELIVERIES // AT_ONCE):
            await deliveries.post()

    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))
    return (target.cpu_seconds() - before) / DELIVERIES * 1e6


def main() -> None:
    measured = {}
    for name in COMMANDS:
        with running(name) as target:
            measured[name] = asyncio.run(measure(target))
    show("CPU time of a signed delivery of 20 KB", "µs", measured)


if __name__ == "__main__":
    main()
