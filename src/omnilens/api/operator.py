"""Who operates the server: somebody of OMNILENS_OPERATORS, or a command on its machine."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Depends, Request

from omnilens.api.board import Board, TheBoard
from omnilens.api.origin import from_our_page
from omnilens.api.viewer import OptionalViewer
from omnilens.errors import NotLoggedIn, OperatorsOnly, StorageUnavailable
from omnilens.people import operator_pass


async def _operator(request: Request, board: TheBoard, viewer: OptionalViewer) -> None:
    if _has_pass(request, board):
        return
    if viewer is None:
        raise NotLoggedIn("Log in first.", headers={"WWW-Authenticate": "Bearer"})
    if not board.people.is_operator(viewer):
        raise OperatorsOnly("This is for operators of this board (OMNILENS_OPERATORS).")


TheOperator = Annotated[None, Depends(_operator)]
"""A route that has it answers 403 to everybody else."""


async def _acting(request: Request, board: TheBoard, _: TheOperator) -> None:
    if not _has_pass(request, board):
        await from_our_page(request, board)


ActingOperator = Annotated[None, Depends(_acting)]
"""The same, where something is done: from our own page, or by a command."""


def _has_pass(request: Request, board: Board) -> bool:
    said = request.headers.get(operator_pass.HEADER)
    if said is None:
        return False
    try:
        return operator_pass.holds(board.people.secret, said, request.method, request.url.path, time.time())
    except StorageUnavailable:
        return False
