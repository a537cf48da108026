"""Every error leaves as ``{"error": "<sentence>", "code": "<stable-code>"}``."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from omnilens.errors import OmniLensError, StorageUnavailable
from omnilens.operations import logs

log = logs.get(__name__)

_CODES = {404: "not-found", 405: "method-not-allowed"}


def install(app: FastAPI) -> None:
    """Make `app` answer errors in our shape."""
    app.add_exception_handler(OmniLensError, _expected)
    app.add_exception_handler(StorageUnavailable, _unavailable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)


def answer(status: int, sentence: str, code: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error as every client sees it."""
    return JSONResponse({"error": sentence, "code": code}, status, headers)


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, OmniLensError)  # noqa: S101 - it is installed for nothing else
    return answer(error.status, error.message, error.code, error.headers)


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    log.error("request.storage_unavailable", path=request.url.path, reason=str(error))
    return answer(503, "The database cannot be reached now. Try again in a moment.", "unavailable")


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problem = error.errors()[0]
    return answer(400, f"{problem['loc'][-1]}: {problem['msg']}.", "invalid-parameter")


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = _CODES.get(error.status_code, "http-error")
    return answer(error.status_code, f"{error.detail}.", code, dict(error.headers or {}))


async def _gone(request: Request, error: Exception) -> JSONResponse:
    # Nobody reads it, and it is no bug of ours, of which each would be in the log.
    return answer(400, "The request broke off before its end.", "client-gone")


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", path=request.url.path, exc_info=error)
    return answer(500, "The server failed to answer this request.", "internal-error")
