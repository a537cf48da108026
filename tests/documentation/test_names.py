"""What has a name for others has it in the documentation, and what is named there exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnilens.app import OmniLens
from omnilens.operations.alerts.rules import rules
from omnilens.operations.metrics import Metrics
from omnilens.settings import IN_MEMORY, Settings, is_secret, load

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TEXTS = [path for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")) if path.name != "CHANGELOG.md"]
EVERYTHING = "\n".join(path.read_text(encoding="utf-8") for path in TEXTS)
ABOUT_EVENTS = "\n".join((DOCS / name).read_text(encoding="utf-8") for name in ("events.md", "notifications.md"))
SOURCES = ROOT / "src/omnilens"


OF_COMMANDS = {"OMNILENS_URL", "OMNILENS_TOKEN", "OMNILENS_NODES"}
"""What is read by others than the server."""
ALERTS = sorted(rule.name for rule in rules(1, {}))


class TestSettings:
    def test_none_is_named_that_there_is_not(self) -> None:
        known = {str(field.alias) for field in Settings.model_fields.values()}
        files = {f"{field.alias}_FILE" for field in Settings.model_fields.values() if is_secret(field)}
        named = set(re.findall(r"\b(?:OMNILENS|GITHUB)_[A-Z][A-Z_]*[A-Z]\b", EVERYTHING))
        repositories = {name for name in named if re.fullmatch(r"GITHUB_REPO(_.*)?", name)}
        assert named - known - files - OF_COMMANDS - repositories == set()


class TestAddresses:
    """Of the REST interface."""

    @pytest.fixture
    def described(self) -> set[tuple[str, str]]:
        api = OmniLens(load(None, webhook_secrets=("unused",), database_url=IN_MEMORY)).api
        return {
            (method.upper(), re.sub(r"\{\w+\}", "{}", path))
            for path, methods in api.openapi()["paths"].items()
            for method in methods
        }

    def documented(self) -> set[tuple[str, str]]:
        """Each `GET /api/…`; several methods may share an address, and several addresses a method."""
        found = set()
        for cell in re.findall(r"^\| ((?:`[^`]+`(?:, )?)+) \|", ABOUT_EVENTS, flags=re.MULTILINE):
            methods: list[str] = []
            for code in re.findall(r"`([^`]+)`", cell):
                method, _, path = code.rpartition(" ")
                methods = [*methods, method] if method else methods or ["GET"]
                if re.fullmatch(r"[A-Z]+", path):
                    methods.append(path)
                elif path.startswith("/"):
                    path = re.sub(r"\{\w+\}", "{}", path.partition("?")[0])
                    found |= {(each, path) for each in methods}
                    methods = []
        return found

    def test_each_is_documented(self, described: set[tuple[str, str]]) -> None:
        code = re.sub(r"\{\w+\}", "{}", EVERYTHING)
        missing = {
            (method, path)
            for method, path in described - self.documented()
            # Elsewhere than in the tables: with its method, or as an address to open.
            if not re.search(rf"`{method} {re.escape(path)}[?`]", code)
            and not (method == "GET" and re.search(rf"`{re.escape(path)}[?`]", code))
        }
        assert missing == set()

    def test_none_is_documented_that_is_gone(self, described: set[tuple[str, str]]) -> None:
        code = re.sub(r"\{\w+\}", "{}", EVERYTHING)
        named = set(re.findall(r"`(GET|POST|PUT|DELETE) (/[^`?\s]*)", code))
        assert {(method, path.rstrip("/")) for method, path in named} - described - {
            ("POST", "/api/webhooks/github")
        } == set()


def literals_of_events() -> Iterator[str]:
    """Names of events that the server listens to or sends, as they stand in its source."""
    for path in (SOURCES / "model.py", *(SOURCES / "realtime").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.AnnAssign(target=ast.Name(id="event"), value=ast.Constant(value=str(name))):
                    yield name
                case ast.Call(
                    func=ast.Attribute(attr="on" | "emit" | "_send") | ast.Name(id="raw_event_frame"), args=given
                ):
                    yield from (
                        each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    )
                case ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.IfExp(body=ast.Constant(value=one), orelse=ast.Constant(value=other)),
                ) if name == "event":
                    yield from (str(one), str(other))
                case ast.Assign(
                    targets=[ast.Name(id="DISABLED" | "ENABLED" | "REPOS_CHANGED" | "MARKS_CHANGED")],
                    value=ast.Constant(value=str(name)),
                ):
                    yield name


class TestEvents:
    """Of Socket.IO."""

    def test_each_is_documented(self) -> None:
        found = set(literals_of_events())
        assert {
            "workflow-update",
            "notification-changed",
            "realtime-disabled",
            "subscribe-repo",
            "github-status",
        } <= found
        assert {name for name in found if f"`{name}`" not in ABOUT_EVENTS} == set()

    def test_none_is_documented_that_is_gone(self) -> None:
        table = (
            (DOCS / "events.md").read_text(encoding="utf-8").partition("| event | carries |")[2].partition("\n\n")[0]
        )
        named = {
            name for row in table.splitlines() for name in re.findall(r"`([a-z-]+)`", row.split("|")[1] if row else "")
        }
        assert len(named) > 8
        assert named - set(literals_of_events()) == set()


class TestMetrics:
    def test_none_is_named_that_there_is_not(self) -> None:
        known = set()
        for family in Metrics().registry.collect():
            name = f"{family.name}_total" if family.type == "counter" else family.name
            known |= {name, *(sample.name for sample in family.samples)}
        named = set(re.findall(r"`(omnilens_[a-z_]+)`", EVERYTHING))
        assert len(named) > 30
        assert named - known == set()


class TestAlerts:
    def test_each_has_its_runbook_and_there_is_no_other(self) -> None:
        runbook = (DOCS / "runbooks/alerts.md").read_text(encoding="utf-8")
        assert sorted(re.findall(r"^## (\S+)$", runbook, flags=re.MULTILINE)) == ALERTS
        for section in runbook.split("\n## ")[1:]:
            assert "*" in section.splitlines()[2], "what fired, in a sentence"

    def test_none_is_documented_that_is_gone(self) -> None:
        page = (DOCS / "operations.md").read_text(encoding="utf-8")
        named = re.findall(r"^\| `([\w-]+)` \((?:critical|important)\) \|", page, flags=re.MULTILINE)
        assert sorted(named) == ALERTS


class TestFiles:
    def test_none_is_named_that_there_is_not(self) -> None:
        """Files of ours by their paths; what is made, and what only a machine of yours has, is not among them."""
        made = {"deploy/.env", "deploy/secrets"}
        named = set(
            re.findall(r"`((?:deploy|scripts|tests|examples|benchmarks|\.github|web/src)/[\w./*-]+)", EVERYTHING)
        )
        assert len(named) > 15
        gone = {path for path in named if not list(ROOT.glob(path.rstrip("/."))) and not path.startswith(tuple(made))}
        assert gone == set()

    def test_modules_in_the_architecture_exist(self) -> None:
        page = (DOCS / "architecture.md").read_text(encoding="utf-8")
        named = set(re.findall(r"`([\w/]+\.py)`", page))
        files = {str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.py")}
        names = {Path(path).name for path in files}
        tests = {path.name for path in (ROOT / "tests").rglob("*.py")}
        assert {
            path
            for path in named
            if path not in files and Path(path).name not in names | tests and not path.startswith("tests/")
        } == set()
