"""Sending clients away before the server goes: a few at a time, so that they do not all come back at once."""

from __future__ import annotations

import asyncio
import random

from omnilens.socketio import Server

LASTS = 2.0
"""Seconds for everybody, however many they are."""
AT_LEAST = 250
"""Clients sent away together; fewer need no time at all."""


async def say_goodbye(server: Server, chance: random.Random) -> None:
    """Tell every client that the server is about to go, and end its connection. New ones are turned away."""
    server.turn_away()
    connections = list(server.connections)
    chance.shuffle(connections)
    portion = max(AT_LEAST, len(connections) // 40)
    for start in range(0, len(connections), portion):
        if start:
            await asyncio.sleep(LASTS * portion / len(connections) * chance.uniform(0.5, 1.0))
        for connection in connections[start : start + portion]:
            connection.emit("server-draining", {})
            server.send_away(connection)
