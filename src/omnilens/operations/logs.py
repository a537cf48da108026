"""Structured logs: one JSON object a line, or readable lines on a terminal. Libraries use the same format.

Our own lines go straight to standard error: the detour through the standard library's logging would cost more than all
the rest of a delivery. What libraries log is rare, and takes the detour.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import IO, Any, BinaryIO, TextIO, cast

import msgspec
import structlog


def configure(level: str, log_format: str) -> None:
    """Set up logging for the whole process, once, at its start."""
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    end: list[structlog.typing.Processor] = (
        [
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Plain tracebacks: the fancy ones print local variables, secrets among them.
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
        if console
        else [structlog.processors.format_exc_info, _json_line]
    )
    logger = structlog.make_filtering_bound_logger(level)
    structlog.configure(
        processors=end,
        wrapper_class=logger if console else _writing_json(logger),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Unfailing(sys.stderr)))
        if console
        else structlog.BytesLoggerFactory(cast("BinaryIO", _Unfailing(sys.stderr.buffer))),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end, _as_text],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for name in ("httpx2", "httpcore2"):  # a line for each call of GitHub's API; what comes of them we say ourselves
        logging.getLogger(name).setLevel(logging.WARNING)
    # One line for each request would drown the one for each delivery, which says more.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)


class _Unfailing:
    """Where lines go. One that cannot be written, on a full disk or to a reader that is gone, must cost nothing else:
    a delivery that was accepted would be answered with an error, and whoever follows the journal would end."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream

    def write(self, line: str | bytes) -> None:
        try:
            self._stream.write(line)
        except (OSError, ValueError):  # a full disk, a reader that is gone, a stream that is closed
            return

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return


_ENCODER = msgspec.json.Encoder(enc_hook=repr)


def _json_line(_: Any, level: str, event: structlog.typing.EventDict) -> bytes:
    """Level, time and JSON in one step: as three, they were most of what a line costs."""
    event["level"] = level
    event["timestamp"] = datetime.now(UTC)
    return _ENCODER.encode(event)


def _as_text(_: Any, __: str, line: Any) -> str:
    """For the handlers of the standard library."""
    return line.decode() if isinstance(line, bytes) else str(line)


def _writing_json(logger: type[Any]) -> type[Any]:
    """`logger`, but that it goes straight to the line: a chain of one processor is most of what is left of its cost."""

    class WritingJson(logger):  # type: ignore[misc]
        def _proxy_to_logger(self, level: str, event: str | None = None, **facts: Any) -> Any:
            if "exc_info" in facts:
                return super()._proxy_to_logger(level, event, **facts)
            return self._logger.msg(_json_line(None, level, {**self._context, **facts, "event": event}))

    return WritingJson


def get(name: str) -> Any:
    """The logger for one file: ``log.info("event.happened", slug=…)``."""
    return structlog.get_logger(module=name)
