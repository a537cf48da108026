"""One id and one path: a delivery is found again from its receipt to the browsers that show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from omnilens import asking_cli
from omnilens.people import operator_pass
from omnilens.trace_cli import trace
from support.named import BY_NAME, HEADER
from support.payloads import run_payload
from support.process import free_port, omnilens
from support.server import SECRET, LiveServer
from support.sockets import connected

pytestmark = pytest.mark.anyio


async def test_a_delivery_is_followed_to_the_browsers_that_show_it(capsys: pytest.CaptureFixture[str]) -> None:
    with LiveServer(repositories="octo-org/octo-repo") as server:
        async with connected(server.url) as one, connected(server.url) as other:
            for browser in (one, other):
                await browser.subscribe("octo-repo")
                assert await browser.call("confirm-updates", ()) == {"ok": True, "wanted": True}
            server.post("workflow_run", run_payload(id=7), "d-7")
            server.post("workflow_run", run_payload(id=7), "d-7")
            for browser in (one, other):
                (update,) = await browser.updates(1)
                for _ in range(2):  # of which one counts
                    await browser.client.emit("update-shown", update["seq"])
                await browser.flushed()
        assert server.count("omnilens_browser_seconds_count") == 2
        assert trace(server.settings, "d-7", server.url, as_json=True) == 0
        found = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (found["outcome"], found["repo"], found["run"], found["seq"]) == ("accepted", "octo-repo", 7, 1)
        assert (found["came"], found["whole"]) == (2, True)
        steps = {step["place"]: step for step in found["steps"]}
        assert list(steps)[-3:] == ["broadcast", "first-browser", "last-browser"]
        assert steps["broadcast"]["detail"] == "to 2 who watch"
        assert all(0 <= step["after"] < 5 for step in found["steps"][2:])

        assert trace(server.settings, "d-7", server.url, as_json=False) == 0
        assert "d-7: accepted, octo-repo, run 7, seq 1" in capsys.readouterr().out
        assert server.post("ping", {"zen": "Keep it", "hook_id": 1}, "d-8").status_code == 200
        assert trace(server.settings, "d-8", server.url, as_json=True) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["outcome"] == "ping"
        assert server.post("workflow_run", run_payload(id=9), "d-9", x_hub_signature_256="sha256=00").status_code == 401
        assert trace(server.settings, "d-9", server.url, as_json=True) == 1
        assert "refused without a valid signature" in capsys.readouterr().err


async def test_what_the_memory_has_lost_the_journal_still_has(tmp_path: Path) -> None:
    kept = {"repositories": "octo-org/octo-repo", "database_url": None, "data_dir": tmp_path}
    with LiveServer(**kept) as server:
        server.post("workflow_run", run_payload(id=7), "d-7")
        assert server.post("workflow_run", b"[]", "d-8").status_code == 400
    with LiveServer(**kept) as server:
        found = server.get("/api/deliveries/d-7/trace")
        assert [step["place"] for step in found["steps"]] == ["happened", "received"]
        assert (found["run"], found["whole"]) == (7, False)
        refused = server.http.get("/api/deliveries/d-8/trace")
        assert (refused.status_code, refused.json()["code"]) == (404, "delivery-not-found")
        assert "omnilens deliveries show d-8" in refused.json()["error"]


def test_a_sample_is_asked_and_nobody_else(server: LiveServer) -> None:
    from omnilens.realtime import witnesses

    class Gone:
        alive = False

    asked = witnesses.Witnesses(server.omnilens.sockets, server.omnilens.times, server.omnilens.metrics)
    crowd = [Gone() for _ in range(witnesses.SAMPLE)]
    for each in crowd:
        each.alive = True
        assert asked.offer(each)["wanted"] is True  # type: ignore[arg-type]
    late = Gone()
    assert asked.offer(late)["wanted"] is False  # type: ignore[arg-type]
    crowd[0].alive = False
    assert asked.offer(late)["wanted"] is True  # type: ignore[arg-type]


async def test_only_operators_may_ask_and_a_command_on_the_servers_machine_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"operators": "ada", "database_url": None, "data_dir": tmp_path, **BY_NAME}
    with LiveServer(repositories="octo-org/octo-repo", **given) as server:
        server.post("workflow_run", run_payload(id=7), "d-7")
        path = "/api/deliveries/d-7/trace"
        codes = [
            server.http.get(path, headers=headers).json().get("code")
            for headers in ({}, {HEADER: "bob"}, {HEADER: "ada"}, {operator_pass.HEADER: "1.2"})
        ]
        assert codes == ["not-logged-in", "operators-only", None, "not-logged-in"]
        assert trace(server.settings, "d-7", server.url, as_json=True) == 0
        elsewhere = server.settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
        assert trace(elsewhere, "d-7", server.url, as_json=True) == asking_cli.COULD_NOT
        assert "on its machine" in capsys.readouterr().err


def test_a_pass_is_for_one_request_and_a_minute() -> None:
    said = operator_pass.written("key", "GET", "/here", 1_000)
    cases = {
        ("key", "GET", "/here", 1_000): True,
        ("key", "GET", "/here", 1_119): True,
        ("key", "GET", "/here", 1_121): False,
        ("key", "GET", "/here", 800): False,
        ("other", "GET", "/here", 1_000): False,
        ("key", "POST", "/here", 1_000): False,
        ("key", "GET", "/there", 1_000): False,
    }
    for (key, method, path, now), right in cases.items():
        assert operator_pass.holds(lambda key=key: key, said, method, path, now) is right  # type: ignore[misc]
    for wrong in ("", ".", "x.y", "1060.é", f"{'9' * 40}.0"):
        assert operator_pass.holds(lambda: "key", wrong, "GET", "/here", 1_000) is False


def test_the_command_says_what_to_do_where_no_server_answers() -> None:
    said = omnilens("trace", "d-1", "--url", f"http://127.0.0.1:{free_port()}", GITHUB_WEBHOOK_SECRET=SECRET)
    assert said.returncode == asking_cli.COULD_NOT
    assert "cannot be reached" in said.stderr
    assert "--url names another" in said.stderr
