"""What deploy/compose.yaml starts, started for real, with what it is given there; only containers are missing."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis
import yaml

from omnilens.addresses import shortened
from omnilens.demo.sender import PATH, body_of, headers_of
from omnilens.settings import Settings, is_secret
from support.nginx import command, configure, nginx
from support.payloads import run_payload
from support.postgres import Postgres
from support.process import Served, free_port, omnilens, served
from support.server import SECRET
from support.waiting import eventually

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
ENV_FILE = {
    "GITHUB_WEBHOOK_SECRET": SECRET,
    "REDIS_PASSWORD": "5ec2e7",
    "POSTGRES_PASSWORD": "f00d",
    "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
    "OMNILENS_PUBLIC_URL": "https://ci.example.com",
}
NODES = ("node-1", "node-2")
CLIENT = "203.0.113.9"


def services() -> dict[str, Any]:
    """The file as Compose reads it."""
    filled = re.sub(r"\$(?:\$|\{(\w+):\?[^}]+\})", lambda found: ENV_FILE[found[1]] if found[1] else "$", COMPOSE)
    read: dict[str, Any] = yaml.safe_load(filled)["services"]
    return read


def environment(service: str) -> dict[str, str]:
    described = services()[service]
    given = {name: str(value) for name, value in described["environment"].items()}
    return {**ENV_FILE, **given} if described.get("env_file") == ".env" else given


def hosts() -> dict[str, str]:
    """The names that nginx finds the nodes by, with their addresses."""
    return dict(entry.split(":") for entry in services()["pod"]["extra_hosts"])


def test_the_file_says_all_that_it_has_to_be_given() -> None:
    assert set(re.findall(r"^#     (\w+)=", COMPOSE, flags=re.MULTILINE)) == set(ENV_FILE)
    assert set(re.findall(r"\$\{(\w+)", COMPOSE)) < set(ENV_FILE)


@pytest.mark.parametrize("node", NODES)
def test_nodes_are_given_settings_that_exist_and_hold(node: str, tmp_path: Path) -> None:
    fields = Settings.model_fields.values()
    known = {field.alias for field in fields} | {f"{field.alias}_FILE" for field in fields if is_secret(field)}
    assert set(environment(node)) - {"REDIS_PASSWORD", "POSTGRES_PASSWORD"} <= known
    checked = omnilens("check-config", "--env-file", str(tmp_path / "none"), **environment(node))
    assert (checked.returncode, checked.stderr) == (0, "")


def test_nginx_reaches_each_node_at_an_address_of_its_own_and_nobody_else_does() -> None:
    described = services()
    assert {name: environment(name)["OMNILENS_HOST"] for name in NODES} == hosts()
    assert len(set(hosts().values())) == len(NODES)
    assert {environment(name)["OMNILENS_PORT"] for name in NODES} == {"8000"}
    assert {described[name]["network_mode"] for name in (*NODES, "proxy")} == {"service:pod"}
    assert {port.split(":")[0] for each in described.values() for port in each.get("ports", ())} == {"127.0.0.1"}


def test_what_nginx_is_given_is_a_configuration(tmp_path: Path) -> None:
    for mount in services()["proxy"]["volumes"]:
        assert (DEPLOY / mount.split(":")[0]).is_file()
    nodes = {f"{name}:8000": f"{address}:8000" for name, address in hosts().items()}
    configured = configure(tmp_path / "nginx", free_port(), nodes)
    tested = subprocess.run(command(configured.parent, configured, "-t"), capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr


def test_a_client_of_nginx_is_known_by_the_network_that_compose_makes() -> None:
    (made,) = yaml.safe_load(COMPOSE)["networks"]["front"]["ipam"]["config"]
    assert f"set_real_ip_from {made['gateway']};" in (DEPLOY / "nginx-main.conf").read_text(encoding="utf-8")


@contextmanager
def redis_as_described(folder: Path) -> Iterator[int]:
    """The port of a Redis that is started, and found healthy, as the file says."""
    described, port = services()["redis"], free_port()
    *shell, line = described["command"]
    _, check = described["healthcheck"]["test"]
    given = {**os.environ, **environment("redis")}
    where = f" --port {port} --bind 127.0.0.1 --dir {folder}"
    with subprocess.Popen([*shell, line + where], env=given, stdout=subprocess.DEVNULL) as process:
        try:
            check = check.replace("redis-cli", f"redis-cli -p {port}")
            eventually(
                lambda: subprocess.run(["sh", "-c", check], env=given, capture_output=True, check=False).returncode == 0
            )
            yield port
        finally:
            process.terminate()


@contextmanager
def nodes_as_described(folder: Path, instead: Mapping[str, str]) -> Iterator[list[Served]]:
    """Both nodes with just what the file gives them, but for addresses; they share a port, as they do there."""
    port = free_port()
    with ExitStack() as running:
        nodes = []
        for name in NODES:
            (folder / name).mkdir()
            given = environment(name)
            for there, here in instead.items():
                given = {setting: value.replace(there, here) for setting, value in given.items()}
            nodes.append(running.enter_context(served(port, folder / name, host=hosts()[name], **given)))
        yield nodes


def runs(node: Served) -> set[int]:
    return {run["id"] for run in node.get("/api/repos/octo-repo/runs")["runs"]}


def accepted(node: Served) -> int:
    text = httpx2.get(f"{node.url}/metrics", trust_env=False).text
    found = re.search(r'^omnilens_webhook_deliveries_total\{event="workflow_run",result="accepted"\} (\S+)', text, re.M)
    return int(float(found[1])) if found else 0


def test_each_node_has_what_nginx_gave_to_the_other(tmp_path: Path, postgres: Postgres) -> None:
    with redis_as_described(tmp_path) as redis_port, ExitStack() as running:
        with redis.Redis(port=redis_port, password=ENV_FILE["REDIS_PASSWORD"]) as asked:
            wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": ""}
            assert asked.config_get(*wanted) == wanted
        database = postgres.database().rpartition("/")[2]
        instead = {
            "@redis:6379": f"@127.0.0.1:{redis_port}",
            "@postgres/omnilens": f"@127.0.0.1:{postgres.port}/{database}",
        }
        nodes = running.enter_context(nodes_as_described(tmp_path, instead))
        port = running.enter_context(nginx(tmp_path / "nginx", [node.url.removeprefix("http://") for node in nodes]))
        url = f"http://127.0.0.1:{port}{PATH}"
        for number in range(1, 9):
            body = body_of(run_payload(id=number))
            headers = headers_of("workflow_run", body, SECRET.encode())
            assert httpx2.post(url, content=body, headers=headers, trust_env=False).status_code == 200
        for node in nodes:
            eventually(lambda node=node: runs(node) == set(range(1, 9)))  # type: ignore[misc]
        assert all(accepted(node) for node in nodes)
        assert sum(map(accepted, nodes)) == 8

        unsigned = {"content-type": "application/json", "x-forwarded-for": CLIENT}
        assert httpx2.post(url, content=b"{}", headers=unsigned, trust_env=False).status_code == 401
        eventually(lambda: any(f'"{shortened(CLIENT)}"' in node.log.read_text() for node in nodes))
        assert [node.stop() for node in nodes] == [0, 0]
