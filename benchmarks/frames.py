"""How smooth the page is on a busy day: frames of a real browser with many cards and many updates.

    python benchmarks/frames.py                      500 cards, 50 updates a second, ten seconds

Chromium without a GPU, on the same machine as the server: what a frame takes here is more than people see. Read from
Chromium's own trace: how long a frame waits for the page once it is asked to draw, how many are dropped because it was
too late, and how long the processor works for one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import threading
import time
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.payloads import job_payload, run_payload
from support.server import LiveServer

SETTLE = 3000


class Load:
    """Posts runs and jobs at a steady rate."""

    def __init__(self, server: LiveServer, cards: int, rate: float) -> None:
        self._server, self._cards, self._rate = server, cards, rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load")

    def fill(self) -> None:
        """A card for each workflow: a fifth of them running, a tenth broken."""
        for number in range(self._cards):
            action, conclusion = "completed", "failure" if number % 10 == 1 else "success"
            run = {"id": number + 1, "workflow_id": number + 1, "name": f"Workflow {number:03}"}
            running = number % 5 == 0
            payload = (
                run_payload("in_progress", **run) if running else run_payload(action, conclusion=conclusion, **run)
            )
            self._server.post("workflow_run", payload)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        begin, sent = time.monotonic(), 0
        while not self._stop.is_set():
            self._server.post(*self._delivery(sent))
            sent += 1
            self._stop.wait(max(0.0, begin + sent / self._rate - time.monotonic()))

    def _delivery(self, sent: int) -> tuple[str, dict[str, Any]]:
        number = sent % self._cards
        if sent % 2:
            return "workflow_job", job_payload("in_progress", id=10**6 + sent, run_id=number + 1, name=f"job {sent}")
        attempt = 2 + sent // self._cards
        run = {"id": number + 1, "workflow_id": number + 1, "name": f"Workflow {number:03}", "run_attempt": attempt}
        return "workflow_run", run_payload("in_progress", **run)


CATEGORIES = [
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "disabled-by-default-devtools.timeline.frame",
    "cc",
    "benchmark",
]


class Frames(NamedTuple):
    """What Chromium says of the frames of a page. Everything is in milliseconds, in ascending order."""

    waited: list[float]
    """How long each waited for the main thread: from when it was asked to draw until it had."""
    busy: list[float]
    """How much of that the main thread had something to do: else it was the browser that was not ready."""
    work: list[float]
    """How long the processor worked on the main thread from one frame that showed something to the next."""
    dropped: int
    script: float
    """All of the JavaScript together."""


def read_frames(trace: bytes) -> Frames:
    """Read them from a trace.

    https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
    """
    events = json.loads(trace)["traceEvents"]
    drawn = [each for each in events if each["name"] == "Commit" and each["ph"] == "X"]
    (page, _), *_ = Counter((each["pid"], each["tid"]) for each in drawn).most_common(1)
    ends = sorted(each["ts"] + each["dur"] for each in drawn if (each["pid"], each["tid"]) == page)
    work, script, dropped = Counter[int](), 0.0, 0
    asked: dict[str, float] = {}
    waits = []
    tasks = sorted(
        (each["ts"], each["ts"] + each["dur"])
        for each in events
        if each["name"] == "RunTask" and each["ph"] == "X" and (each["pid"], each["tid"]) == page
    )
    for each in events:
        if (each["pid"], each["tid"]) == page and each["ph"] == "X":
            if each["name"] == "RunTask":
                work[bisect_right(ends, each["ts"])] += each.get("tdur", 0)
            elif each["name"] == "FunctionCall":
                script += each.get("tdur", 0)
        elif each["pid"] == page[0] and each["name"] == "SendBeginMainFrameToCommit":
            if each["ph"] == "b":
                asked[each["id2"]["local"]] = each["ts"]
            else:
                waits.append((asked.pop(each["id2"]["local"], each["ts"]), each["ts"]))
        elif each["pid"] == page[0] and each["name"] == "PipelineReporter" and each["ph"] == "b":
            dropped += each["args"]["frame_reporter"]["state"] == "STATE_DROPPED"
    return Frames(
        waited=sorted((drawn - asked) / 1000 for asked, drawn in waits),
        busy=sorted(busy_between(tasks, *wait) / 1000 for wait in waits),
        work=sorted(work[number] / 1000 for number in range(1, len(ends))),
        dropped=dropped,
        script=script / 1000,
    )


def busy_between(tasks: list[tuple[float, float]], begin: float, end: float) -> float:
    """How much of the time the tasks took, which do not overlap."""
    first = max(0, bisect_right(tasks, (begin, begin)) - 1)
    last = bisect_right(tasks, (end, end))
    return sum(max(0.0, min(end, until) - max(begin, since)) for since, until in tasks[first:last])


def measure(browser: Browser, page: Page, load: Load, seconds: float) -> dict[str, float]:
    """What the page did meanwhile."""
    with load:
        page.wait_for_timeout(SETTLE)
        browser.start_tracing(page=page, categories=CATEGORIES)
        page.wait_for_timeout(seconds * 1000)
        frames = read_frames(browser.stop_tracing())
    waited, work = frames.waited, frames.work
    return {
        "frames a second": len(waited) / seconds,
        "asked to drawn, median, ms": statistics.median(waited),
        "asked to drawn, p95, ms": waited[int(len(waited) * 0.95)],
        "longest, ms": waited[-1],
        "over 16 ms, %": sum(each > 16 for each in waited) / len(waited) * 100,
        "with work for over 16 ms, %": sum(each > 16 for each in frames.busy) / len(waited) * 100,
        "dropped, a second": frames.dropped / seconds,
        "processor for a frame, median, ms": statistics.median(work),
        "processor, p95, ms": work[int(len(work) * 0.95)],
        "main thread, ms a second": sum(work) / seconds,
        "script, ms a second": frames.script / seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=500)
    parser.add_argument("--rate", type=float, default=50.0, help="updates a second")
    parser.add_argument("--seconds", type=float, default=10.0)
    wanted = parser.parse_args()
    path = shutil.which("chromium")
    if path is None:
        sys.exit("Nothing can be measured: chromium is missing.")
    with LiveServer(log_level="error") as server, sync_playwright() as playwright:
        load = Load(server, wanted.cards, wanted.rate)
        load.fill()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{server.url}/dashboard/octo-repo")
        page.get_by_test_id("workflow-card").first.wait_for()
        page.wait_for_timeout(SETTLE)
        for name, value in measure(browser, page, load, wanted.seconds).items():
            print(f"{name:>34}  {value:8.1f}")
        browser.close()


if __name__ == "__main__":
    main()
