"""What GitHub was seen to answer, in the database, so that a restart does not ask for all of it again.

It only saves calls: where the database cannot be asked, everything counts as not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, delete, insert, select

from omnilens.database import Conflict, Database
from omnilens.database.schema import etags
from omnilens.database.tables import to_ticks
from omnilens.errors import StorageUnavailable
from omnilens.github.rest import ETag
from omnilens.operations import logs

log = logs.get(__name__)

LONGEST_ADDRESS = 500
LONGEST_VALUE = 200


class StoredETags:
    """The `ETags` of the client."""

    def __init__(self, database: Database, epoch: Callable[[], str]) -> None:
        """`epoch` is the journal's: what was put away in another one may not be stored any more."""
        self._database = database
        self._epoch = epoch

    async def get(self, address: str) -> str | None:
        """The value that was put last."""
        try:
            return await self._database.read(partial(_get, address, self._epoch()))
        except StorageUnavailable as error:
            log.warning("etag.not_read", reason=str(error))
            return None

    async def put(self, etag: ETag) -> None:
        """Remember that this was seen and stored."""
        if len(etag.address) > LONGEST_ADDRESS or len(etag.value) > LONGEST_VALUE:
            return
        try:
            await self._database.write(partial(_put, etag, self._epoch()))
        except (StorageUnavailable, Conflict) as error:
            log.warning("etag.not_kept", reason=str(error))


def _get(address: str, epoch: str, connection: Connection) -> str | None:
    wanted = select(etags.c.value).where(etags.c.address == address, etags.c.epoch == epoch)
    value: str | None = connection.execute(wanted).scalar_one_or_none()
    return value


def _put(etag: ETag, epoch: str, connection: Connection) -> None:
    connection.execute(delete(etags).where(etags.c.address == etag.address))
    put_at = to_ticks(datetime.now(UTC))
    row = {"address": etag.address, "value": etag.value, "epoch": epoch, "put_at": put_at}
    connection.execute(insert(etags), [row])
