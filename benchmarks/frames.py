"""How smooth the page is on a busy day: frames of a real browser with many cards and many updates.

    python benchmarks/frames.py                      500 cards, 50 updates a second, ten seconds

Chromium without a GPU, on the same machine as the server: what a frame takes here is more than people see. What the
page itself does for a frame is in Chromium's own trace: the tasks of its main thread from one frame to the next.
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
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.payloads import job_payload, run_payload
from support.server import LiveServer

SETTLE = 3000
WATCH = """() => {
  window.frames_ = []; window.long = 0;
  let last = performance.now();
  const frame = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => { window.long += list.getEntries().length; }).observe({ entryTypes: ["longtask"] });
}"""


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


def work_of_frames(trace: bytes) -> list[float]:
    """Milliseconds that the page's main thread worked for each frame, in ascending order.

    https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
    """
    events = [each for each in json.loads(trace)["traceEvents"] if each.get("ph") in {"X", "I", "M"}]
    begins = [each for each in events if each["name"] == "FireAnimationFrame"]
    (place, _), *_ = Counter((each["pid"], each["tid"]) for each in begins).most_common(1)
    starts = sorted(each["ts"] for each in begins if (each["pid"], each["tid"]) == place)
    work: Counter[int] = Counter()
    for each in events:
        if each["name"] == "RunTask" and each["ph"] == "X" and (each["pid"], each["tid"]) == place:
            work[bisect_right(starts, each["ts"])] += each["dur"]
    return sorted(work[number] / 1000 for number in range(1, len(starts)))


def measure(browser: Browser, page: Page, load: Load, seconds: float) -> dict[str, float]:
    """What the page did meanwhile."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def script() -> float:
        told = session.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in told if each["name"] == "ScriptDuration")

    page.evaluate(WATCH)
    with load:
        before = script()
        browser.start_tracing(page=page, categories=["devtools.timeline", "disabled-by-default-devtools.timeline"])
        page.wait_for_timeout(seconds * 1000)
        work = work_of_frames(browser.stop_tracing())
        busy = script() - before
    frames = sorted(page.evaluate("window.frames_"))
    return {
        "frames a second": len(frames) / seconds,
        "work for a frame, median": statistics.median(work),
        "work, p95": work[int(len(work) * 0.95)],
        "work, longest": work[-1],
        "over 16 ms, %": sum(each > 16 for each in work) / len(work) * 100,
        "median frame, ms": statistics.median(frames),
        "p95 frame, ms": frames[int(len(frames) * 0.95)],
        "longest frame, ms": frames[-1],
        "tasks over 50 ms": page.evaluate("window.long"),
        "script, ms a second": busy / seconds * 1000,
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
            print(f"{name:>26}  {value:8.1f}")
        browser.close()


if __name__ == "__main__":
    main()
