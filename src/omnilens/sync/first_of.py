"""Sleeping until it is time, or there are news."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable


async def first_of(*waiting: Awaitable[object]) -> None:
    """Wait for the first of these; the others are left."""
    tasks = [asyncio.ensure_future(each) for each in waiting]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
