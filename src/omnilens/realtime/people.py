"""What only the pages of one user are told, wherever they are open."""

from __future__ import annotations

from collections.abc import Collection

from omnilens.people.viewer import Viewer
from omnilens.socketio import Server

REPOS_CHANGED = "repos-changed"
"""Another page of the same user, perhaps on another device, has changed the list of repositories."""

MARKS_CHANGED = "marks-changed"
"""Another page of the same user has marked something on the board of a repository."""

FORGOTTEN = "forgotten"
"""What a connection is closed with. Its client comes back by itself, and is told that nobody knows it any more."""


def tell_of_lists(server: Server, users: Collection[int]) -> None:
    """Have all pages of these users fetch their lists anew."""
    for connection in list(server.connections):
        viewer = connection.data
        if isinstance(viewer, Viewer) and viewer.user in users:
            connection.emit(REPOS_CHANGED, {})


def tell_of_marks(server: Server, user_id: int, slug: str, version: int) -> None:
    """Tell all pages of a user that are connected here; those elsewhere look when somebody comes back to them."""
    for connection in list(server.connections):
        viewer = connection.data
        if isinstance(viewer, Viewer) and viewer.user == user_id and not viewer.is_token:
            connection.emit(MARKS_CHANGED, {"slug": slug, "version": version})


def part_with(server: Server, user_id: int) -> None:
    """Close all pages of a user who is being forgotten."""
    for connection in list(server.connections):
        viewer = connection.data
        if isinstance(viewer, Viewer) and viewer.user == user_id:
            connection.drop(FORGOTTEN)
