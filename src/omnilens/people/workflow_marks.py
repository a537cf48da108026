"""What a user has marked on the board of a repository for themselves: pinned, hidden, reviewed, put into a category.

It is theirs alone, and the page alone knows what it means: here it is one small document for each repository, kept by
plain functions of a connection, each one transaction.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection, insert, select, update

from omnilens.database.marks_schema import workflow_marks
from omnilens.errors import RequestError
from omnilens.model import to_json

Key = Annotated[str, Meta(max_length=300)]
"""A workflow's, or what stands for it on a day."""
Keys = Annotated[tuple[Key, ...], Meta(max_length=500)]


class MarksChanged(RequestError):
    """Another page of the same user was faster."""

    status = 409
    code = "marks-changed"


class NobodyToKeepFor(RequestError):
    """Where nobody logs in there is nobody whose they would be."""

    status = 409
    code = "nobody-logs-in"


class WorkflowMarks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody has done about the workflows of a repository, by their keys on the page."""

    pinned: Keys = ()
    hidden: Keys = ()
    categories: Annotated[dict[Key, Literal["build", "testing", "trigger", "utility"]], Meta(max_length=500)] = {}
    """Where it is another one than would be guessed."""
    reviewed: Keys = ()
    """Workflows as they were on a day when somebody had looked at them."""
    collapsed: Keys = ()
    """Sections that are closed."""
    grouped: bool = False
    """Whether what needs nobody stands by category."""


class KeptMarks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Marks as they are kept."""

    marks: WorkflowMarks
    version: Annotated[int, Meta(ge=0, lt=2**31)]
    """Rises by one with each change; 0 where nothing was ever marked."""


NOTHING = KeptMarks(marks=WorkflowMarks(), version=0)

_DECODE = msgspec.json.Decoder(WorkflowMarks).decode
_mark = workflow_marks.c


def of_user(user: int, slug: str, connection: Connection) -> KeptMarks:
    """What a user has marked in a repository."""
    this = select(_mark.marks, _mark.version).where(_mark.user_id == user, _mark.slug == slug.lower())
    found = connection.execute(this).one_or_none()
    return KeptMarks(marks=_DECODE(bytes(found.marks)), version=found.version) if found else NOTHING


def keep(user: int, slug: str, wanted: KeptMarks, connection: Connection) -> KeptMarks:
    """Keep marks that were made of those of version `wanted.version`. Returns them with their own.

    Raises:
        MarksChanged: that is not the version any more.
        Conflict: likewise, at the same moment.
    """
    made = KeptMarks(marks=wanted.marks, version=wanted.version + 1)
    same = _mark.user_id == user, _mark.slug == slug.lower()
    values = {"marks": to_json(made.marks), "version": made.version}
    if wanted.version == 0 and of_user(user, slug, connection) is NOTHING:
        connection.execute(insert(workflow_marks).values(user_id=user, slug=slug.lower(), **values))
    elif not connection.execute(
        update(workflow_marks).where(*same, _mark.version == wanted.version).values(values)
    ).rowcount:
        raise changed()
    return made


def changed() -> MarksChanged:
    """What a page is told that has to look again first."""
    return MarksChanged("Another page of yours has marked something meanwhile. Look again, and then mark.")
