"""The main job, seen by a person: what GitHub says is on the page, and a broken link is never hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.payloads import ago, job_payload, run_payload
from support.process import Served, free_port, served
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

CARD = "[data-testid=workflow-card]"
ERROR = "[data-testid=websocket-error]"
LIVE = "[data-testid=connection-state]"


@pytest.fixture
def board() -> Iterator[LiveServer]:
    with LiveServer(repositories="owner/repo1,octo-org/octo-repo") as server:
        server.post("workflow_run", _of_repo1(id=1, name="CI"))
        yield server


def _of_repo1(action: str = "completed", **run: object) -> dict[str, object]:
    return {**run_payload(action, **run), "repository": {"full_name": "owner/repo1"}}


def watch(page: Page, server: LiveServer | Served, path: str = "/dashboard/repo1") -> None:
    page.goto(server.url + path)
    expect(page.locator(LIVE)).to_contain_text("Live")


def card(page: Page, name: str) -> object:
    return page.locator(CARD).filter(has=page.get_by_role("heading", level=3, name=name, exact=True))


def test_a_new_card_appears_without_a_refresh(page: Page, board: LiveServer) -> None:
    """The requirement's first browser test."""
    watch(page, board)
    expect(page.locator(CARD)).to_have_count(1)
    page.evaluate("window.sameDocument = true")
    payload = {
        "repository": {"full_name": "owner/repo1"},
        "workflow_run": {
            "id": 999,
            "name": "New Test Workflow",
            "status": "completed",
            "conclusion": "success",
            "run_started_at": ago(30),
            "updated_at": ago(0),
            "html_url": "https://github.com/owner/repo1/actions/runs/999",
        },
    }
    assert board.post("workflow_run", payload).status_code == 200
    page.wait_for_function(f"document.querySelectorAll('{CARD}').length > 1", timeout=3000)
    expect(page.locator(f"{CARD}:last-child h3")).to_contain_text("New Test Workflow")
    assert page.evaluate("window.sameDocument") is True


def test_a_failed_connection_is_shown_and_live_updates_return(page: Page, tmp_path: Path) -> None:
    """The requirement's second browser test, with a server that is killed and started again."""
    port, settings = free_port(), {"OMNILENS_REPOSITORIES": "owner/repo1"}
    with served(port, tmp_path, **settings) as server:
        server.post("workflow_run", _of_repo1(id=1, name="CI"))
        watch(page, server)
        expect(page.locator(CARD)).to_have_count(1)
        server.kill()
        expect(page.locator(ERROR)).to_contain_text("Real-time connection failed", timeout=2000)
        expect(page.locator(CARD)).to_have_count(1)  # still there, but no longer as if it were live
        expect(page.locator(LIVE)).to_contain_text("Not live")

    with served(port, tmp_path, **settings) as successor:
        expect(page.locator(ERROR)).to_have_count(0, timeout=5000)
        expect(page.locator(LIVE)).to_contain_text(re.compile("^Live"))
        payload = {
            "repository": {"full_name": "owner/repo1"},
            "workflow_run": {"id": 1000, "name": "Reconnection Test Workflow", "status": "in_progress"},
        }
        successor.post("workflow_run", payload)
        expect(page.get_by_role("heading", level=3, name="Reconnection Test Workflow")).to_be_visible(timeout=5000)


def test_a_page_that_never_gets_a_connection_says_so(page: Page, board: LiveServer) -> None:
    page.route("**/socket.io/**", lambda route: route.abort())
    page.route_web_socket(re.compile("socket.io"), lambda socket: socket.close())
    page.goto(board.url + "/dashboard/repo1")
    expect(page.locator(ERROR)).to_contain_text("Real-time connection failed", timeout=6000)


def test_a_connection_that_breaks_for_a_moment_leaves_no_hole(page: Page, board: LiveServer) -> None:
    watch(page, board)
    board.cut_connections()
    board.post("workflow_run", _of_repo1(id=2, name="While away", workflow_id=12))
    expect(page.get_by_role("heading", level=3, name="While away")).to_be_visible()
    expect(page.locator(ERROR)).to_have_count(0)


def test_a_run_moves_from_queued_to_its_end(page: Page, board: LiveServer) -> None:
    watch(page, board)
    deploy = page.locator(CARD).filter(has_text="Deploy")
    for action, fields, word in (
        ("requested", {}, "Queued"),
        ("in_progress", {}, "Running"),
        ("completed", {"conclusion": "failure"}, "Failed"),
    ):
        board.post("workflow_run", _of_repo1(action, id=7, name="Deploy", workflow_id=77, **fields))
        expect(deploy).to_contain_text(word)
    expect(deploy).to_contain_text("main")
    expect(deploy).to_contain_text("Retry idempotent charges")
    expect(page).to_have_title(re.compile("1 broken|failed"))


def test_a_rerun_takes_the_place_of_what_failed(page: Page, board: LiveServer) -> None:
    watch(page, board)
    board.post("workflow_run", _of_repo1(id=7, name="Deploy", workflow_id=77, conclusion="failure"))
    deploy = page.locator(CARD).filter(has_text="Deploy")
    expect(deploy).to_contain_text("Failed")
    board.post("workflow_run", _of_repo1("in_progress", id=7, name="Deploy", workflow_id=77, run_attempt=2))
    expect(deploy).to_contain_text("Running")
    expect(deploy).to_contain_text(re.compile("attempt 2", re.IGNORECASE))


def test_jobs_and_steps_of_a_run_as_they_progress(page: Page, board: LiveServer) -> None:
    repository = {"repository": {"full_name": "owner/repo1"}}
    board.post("workflow_run", _of_repo1("in_progress", id=8, name="Build"))
    watch(page, board, "/dashboard/repo1/runs/8")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Build")
    setup = {"number": 1, "name": "Set up job", "status": "in_progress", "started_at": ago(2)}
    board.post("workflow_job", {**job_payload("in_progress", run_id=8, name="compile", steps=[setup]), **repository})
    job = page.locator("[data-testid=run-job]").filter(has_text="compile")
    expect(job.locator("[data-testid=run-step]")).to_contain_text(["Set up job"])
    done = {**setup, "status": "completed", "conclusion": "success", "completed_at": ago(1)}
    broke = {"number": 2, "name": "Link", "status": "completed", "conclusion": "failure", "started_at": ago(1)}
    failed = job_payload("completed", run_id=8, name="compile", conclusion="failure", steps=[done, broke])
    board.post("workflow_job", {**failed, **repository})
    expect(job.locator("[data-testid=run-step]")).to_contain_text(["Set up job", "Link"])
    expect(job).to_contain_text("Failed")


def test_the_payload_of_an_attacker_shows_harmlessly(page: Page, board: LiveServer) -> None:
    watch(page, board)
    attack = {"name": '<script>alert("xss")</script>', "html_url": 'javascript:alert("xss")'}
    board.post("workflow_run", _of_repo1(id=66, workflow_id=66, display_title="<img src=x onerror=alert(1)>", **attack))
    bad = page.locator(CARD).filter(has_text='alert("xss")')
    expect(bad).to_be_visible()
    assert page.locator("a[href^='javascript']").count() == 0
    assert bad.locator("script, img[src='x']").count() == 0


def test_numbers_on_the_home_page_are_live(page: Page, board: LiveServer) -> None:
    watch(page, board, "/")
    cards = page.locator("[data-testid=repo-card]")
    expect(cards).to_have_count(2)
    expect(cards.filter(has_text="octo-repo")).to_contain_text("Waiting for its first delivery")
    board.post("workflow_run", run_payload(id=50, name="Nightly", conclusion="failure"))
    expect(cards.first).to_contain_text("octo-repo")  # what needs somebody comes first
    expect(cards.first).to_contain_text("Nightly")
    expect(page.locator("[data-testid=feed]")).to_contain_text("Nightly failed")
    cards.first.get_by_role("link", name="octo-repo").first.click()
    expect(page).to_have_url(re.compile("/dashboard/octo-repo"))
    expect(page.get_by_role("heading", level=3, name="Nightly")).to_be_visible()


def test_unknown_addresses_say_so(page: Page, board: LiveServer) -> None:
    page.goto(board.url + "/dashboard/nothing")
    expect(page.get_by_role("main")).to_contain_text("nothing")
    page.goto(board.url + "/dashboard/repo1/runs/424242")
    expect(page.get_by_role("main")).to_contain_text("424242")
