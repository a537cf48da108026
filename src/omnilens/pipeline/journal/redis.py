"""A journal in a Redis Stream, for several machines. An entry's id is its ``seq``.

What Redis must not do is forget the end of the journal and give the same numbers again, so each history has an epoch.
A new one begins when the stream is gone, and whenever Redis itself was started anew: it may have lost its last second.
How that is noticed: our scripts, which it keeps in memory alone, are unknown to it then.

See https://redis.io/docs/latest/develop/data-types/streams/ and https://redis.io/docs/latest/commands/evalsha/.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Sequence
from datetime import datetime
from hashlib import sha1
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import NoScriptError, RedisError, ResponseError

from omnilens.errors import StorageUnavailable
from omnilens.pipeline.journal.base import Appended, Discontinued
from omnilens.pipeline.journal.stored import Offered, Place

STATE, STREAM, MARKS = "omnilens:journal:state", "omnilens:journal", "omnilens:journal:marks"
"""A hash with epoch, last seq and the run of Redis they were seen in; the stream; a hash of marks with their seq."""
PATIENCE = 5.0
"""Seconds for an answer."""
LISTEN = 2_000
"""Milliseconds that one wait for news may take: so long until a new epoch is noticed where nothing is appended."""
PRUNED_AT_ONCE = 500
PAGE = 500

_OPEN = """
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local state = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'run')
local epoch, last = state[1], tonumber(state[2] or '')
if not last or last > 0 and redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('DEL', KEYS[2], KEYS[3])
  epoch, last = false, 0
end
if not epoch or state[3] ~= run or epoch == ARGV[2] and last < tonumber(ARGV[3]) then
  epoch = ARGV[1]
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'seq', string.format('%.0f', last), 'run', run)
end
return {epoch, last}
"""
_APPEND = """
local state = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
local seq = tonumber(state[2] or 0)
if state[1] ~= ARGV[1] or seq < tonumber(ARGV[2]) then return redis.error_reply('DISCONTINUED') end
local taken = {}
for i = 4, #ARGV, 4 do
  local id, signature = 'id:' .. ARGV[i], 'signature:' .. ARGV[i + 1]
  local first = redis.call('HGET', KEYS[3], id) or redis.call('HGET', KEYS[3], signature)
  if first then
    taken[#taken + 1] = -tonumber(first)
  elseif ARGV[3] == '1' then
    taken[#taken + 1] = 0
  else
    seq = seq + 1
    local at = string.format('%.0f', seq)
    redis.call('XADD', KEYS[2], at .. '-0', 'd', ARGV[i], 's', ARGV[i + 1], 'at', ARGV[i + 2], 'c', ARGV[i + 3])
    redis.call('HSET', KEYS[3], id, at, signature, at)
    taken[#taken + 1] = seq
  end
end
redis.call('HSET', KEYS[1], 'seq', string.format('%.0f', seq))
return taken
"""
_PLACE = "return redis.call('HMGET', KEYS[1], 'epoch', 'seq')"
_PRUNE = """
local old = redis.call('XRANGE', KEYS[2], '-', ARGV[1], 'COUNT', ARGV[2])
for _, entry in ipairs(old) do
  redis.call('HDEL', KEYS[3], 'id:' .. entry[2][2], 'signature:' .. entry[2][4])
  redis.call('XDEL', KEYS[2], entry[1])
end
return #old
"""


class RedisEntries:
    """The entries of a journal in Redis."""

    def __init__(self, url: str) -> None:
        """
        Raises:
            ValueError: `url` is none of Redis.
        """
        self._redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            # One lost connection is not worth a word. Offering a change twice does no harm: it has a mark.
            retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 2),
        )

    async def open(self, known: Place | None) -> Place:
        for script in (_APPEND, _PLACE, _PRUNE):
            await _asked(self._redis.script_load(script))
        epoch, last_seq = known or Place("", 0)
        found = await _asked(
            cast("Any", self._redis.eval(_OPEN, 3, STATE, STREAM, MARKS, secrets.token_hex(8), epoch, last_seq))
        )
        return Place(found[0].decode(), found[1])

    async def append(self, known: Place, group: Sequence[Offered], closed: bool) -> list[Appended | None]:
        said: list[Any] = [known.epoch, known.last_seq, int(closed)]
        for change, written, _ in group:
            origin = change.origin
            said += [origin.delivery_id, origin.signature, f"{origin.received_at.timestamp():.6f}", written]
        taken = await self._run(_APPEND, *said)
        return [Appended(abs(seq), duplicate=seq < 0) if seq else None for seq in taken]

    async def after(self, known: Place, seq: int, limit: int) -> list[tuple[int, bytes]]:
        together = self._redis.pipeline()
        together.hget(STATE, "epoch")
        together.xrange(STREAM, min=f"({seq}-0", count=limit)
        epoch, found = await _asked(together.execute())
        if epoch != known.epoch.encode():
            raise Discontinued
        return [(_seq(name), fields[b"c"]) for name, fields in found]

    async def news(self, known: Place) -> Place:
        await _asked(self._redis.xread({STREAM: f"{known.last_seq}-0"}, count=1, block=LISTEN))
        epoch, seq = await self._run(_PLACE)
        return Place((epoch or b"").decode(), int(seq or 0))

    async def find(self, delivery_id: str) -> tuple[int, bytes] | None:
        seq = await _asked(cast("Any", self._redis.hget(MARKS, f"id:{delivery_id}")))
        found = await _asked(self._redis.xrange(STREAM, min=f"{int(seq)}-0", max=f"{int(seq)}-0")) if seq else []
        return next(((_seq(name), fields[b"c"]) for name, fields in found), None)

    async def last_before(self, moment: datetime) -> int:
        earlier = 0
        while found := await _asked(self._redis.xrange(STREAM, min=f"({earlier}-0", count=PAGE)):
            for name, fields in found:
                if float(fields[b"at"]) >= moment.timestamp():
                    return earlier
                earlier = _seq(name)
        return earlier

    async def prune(self, through: int) -> int:
        pruned = 0
        while some := await self._run(_PRUNE, f"{through}-0", PRUNED_AT_ONCE):
            pruned += some
        return pruned

    async def close(self) -> None:
        """Let go of the connections."""
        await self._redis.aclose()

    async def _run(self, script: str, *args: Any) -> Any:
        # By its digest alone: that Redis does not know it says that Redis has been started since.
        digest = sha1(script.encode(), usedforsecurity=False).hexdigest()
        try:
            return await _asked(cast("Any", self._redis.evalsha(digest, 3, STATE, STREAM, MARKS, *args)))
        except NoScriptError as error:
            raise Discontinued from error


async def _asked(answer: Awaitable[Any]) -> Any:
    """What Redis answers.

    Raises:
        StorageUnavailable: it does not, or cannot do it.
        Discontinued: another history has begun there.
    """
    try:
        return await answer
    except NoScriptError:
        raise
    except ResponseError as error:
        if "DISCONTINUED" in str(error):
            raise Discontinued from error
        raise StorageUnavailable(f"Redis refuses: {error}") from error
    except (RedisError, OSError) as error:
        raise StorageUnavailable(f"Redis cannot be asked: {str(error) or type(error).__name__}") from error


def _seq(name: bytes) -> int:
    return int(name.partition(b"-")[0])
