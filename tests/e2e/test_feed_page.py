"""The feed of all repositories in a real browser: what broke in several of them together is one entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.payloads import job_payload, run_payload
from support.server import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(60)]

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
STEP = {"number": 1, "name": "Install packages", "status": "completed", "conclusion": "failure"}


def breaks(server: LiveServer, number: int, name: str) -> None:
    repository = {"id": number, "full_name": f"acme/{name}", "html_url": f"https://github.com/acme/{name}"}

    def post(event: str, payload: dict[str, Any]) -> None:
        assert server.post(event, {**payload, "repository": repository}).status_code == 200

    post("workflow_job", job_payload(id=number, run_id=number, conclusion="failure", steps=[STEP]))
    post("workflow_run", run_payload(id=number, conclusion="failure"))


def test_one_incident_is_one_entry_that_opens(page: Page) -> None:
    with LiveServer() as server:
        breaks(server, 1, "api")
        page.goto(server.url)
        expect(page.get_by_test_id("feed-entry")).to_have_count(1)
        breaks(server, 2, "web")
        page.reload()  # a repository that is new on the board
        incident = page.get_by_test_id("feed-incident")
        expect(incident).to_contain_text("2 workflows failed at Install packages")
        expect(incident).to_contain_text("acme/web, acme/api")
        expect(page.get_by_test_id("feed-entry")).to_have_count(0)
        opener = incident.get_by_role("button")
        opener.press("Enter")
        expect(opener).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_test_id("feed-entry")).to_have_count(2)
        breaks(server, 3, "web")
        expect(incident).to_contain_text("3 workflows failed at Install packages")
        expect(page.get_by_test_id("feed-entry")).to_have_count(3)
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run('[data-testid=feed]')")["violations"]
        assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
