"""What the compose files start, started for real, with what it is given there; only containers are missing."""

from __future__ import annotations

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
ONE = (DEPLOY / "compose.one.yaml").read_text(encoding="utf-8")
ENV_FILE = {
    "OMNILENS_REPOSITORIES": "octo-org/octo-repo",
    "OMNILENS_PUBLIC_URL": "https://ci.example.com",
}
ENV_FILE_OF_ONE = {**ENV_FILE, "GITHUB_OAUTH_CLIENT_ID": "Ov23li"}
NODES = ("node-1", "node-2")
CLIENT = "203.0.113.9"
MOUNTED = "/run/secrets"


def read(text: str = COMPOSE, env_file: Mapping[str, str] = ENV_FILE) -> dict[str, Any]:
    """A file as Compose reads it."""
    filled = re.sub(r"\$(?:\$|\{(\w+):\?[^}]+\})", lambda found: env_file[found[1]] if found[1] else "$", text)
    described: dict[str, Any] = yaml.safe_load(filled)
    return described


def services() -> dict[str, Any]:
    described: dict[str, Any] = read()["services"]
    return described


def given(service: Mapping[str, Any], env_file: Mapping[str, str], secrets: Path) -> dict[str, str]:
    """The environment that a service has, with its secrets in `secrets`."""
    own = {name: str(value).replace(MOUNTED, str(secrets)) for name, value in service["environment"].items()}
    return {**env_file, **own} if service.get("env_file") == ".env" else own


def environment(service: str, secrets: Path = Path(MOUNTED)) -> dict[str, str]:
    return given(services()[service], ENV_FILE, secrets)


def make_secrets(folder: Path) -> Path:
    """What deploy/make-secrets makes, with the secret that the tests sign with."""
    folder.mkdir()
    (folder / "github_webhook_secret").write_text(SECRET)
    subprocess.run([DEPLOY / "make-secrets", folder], check=True)
    return folder


def hosts() -> dict[str, str]:
    """The names that nginx finds the nodes by, with their addresses."""
    return dict(entry.split(":") for entry in services()["pod"]["extra_hosts"])


@pytest.mark.parametrize(("text", "env_file"), [(COMPOSE, ENV_FILE), (ONE, ENV_FILE_OF_ONE)], ids=["two", "one"])
def test_the_file_says_all_that_it_has_to_be_given(text: str, env_file: dict[str, str], tmp_path: Path) -> None:
    assert set(re.findall(r"^#     (\w+)=", text, flags=re.MULTILINE)) == set(env_file)
    assert set(re.findall(r"\$\{(\w+)", text)) <= set(env_file)
    described = read(text, env_file)
    used = {secret for each in described["services"].values() for secret in each.get("secrets", ())}
    assert set(described["secrets"]) == used
    assert {str(each["file"]) for each in described["secrets"].values()} == {f"./secrets/{name}" for name in used}
    made = {path.name for path in make_secrets(tmp_path / "secrets").iterdir()}
    by_hand = set(re.findall(r"into deploy/secrets/(\w+)", text))
    assert used <= made | by_hand


def test_secrets_are_for_nobody_else_and_are_made_once(tmp_path: Path) -> None:
    folder = make_secrets(tmp_path / "secrets")
    assert folder.stat().st_mode & 0o777 == 0o700
    before = {path: path.read_text() for path in folder.iterdir()}
    subprocess.run([DEPLOY / "make-secrets", folder], check=True)
    assert {path: path.read_text() for path in folder.iterdir()} == before
    assert all(len(value) > 24 for value in before.values())


def nodes_of(secrets: Path) -> dict[str, dict[str, str]]:
    one = given(read(ONE, ENV_FILE_OF_ONE)["services"]["node"], ENV_FILE_OF_ONE, secrets)
    return {"one": one} | {name: environment(name, secrets) for name in NODES}


@pytest.mark.parametrize("node", ["one", *NODES])
def test_nodes_are_given_settings_that_exist_and_hold(node: str, tmp_path: Path) -> None:
    secrets = make_secrets(tmp_path / "secrets")
    (secrets / "github_oauth_client_secret").write_text("of-the-app")
    fields = Settings.model_fields.values()
    known = {field.alias for field in fields} | {f"{field.alias}_FILE" for field in fields if is_secret(field)}
    environment_of_node = nodes_of(secrets)[node]
    assert set(environment_of_node) <= known
    checked = omnilens("check-config", "--env-file", str(tmp_path / "none"), **environment_of_node)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(("text", "env_file"), [(COMPOSE, ENV_FILE), (ONE, ENV_FILE_OF_ONE)], ids=["two", "one"])
def test_services_have_their_secrets_and_nothing_that_they_need_not(text: str, env_file: dict[str, str]) -> None:
    for name, service in read(text, env_file)["services"].items():
        for value in map(str, service.get("environment", {}).values()):
            if value.startswith(MOUNTED):
                assert Path(value).name in service["secrets"], name
        assert service["read_only"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


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
    (made,) = read()["networks"]["front"]["ipam"]["config"]
    assert f"set_real_ip_from {made['gateway']};" in (DEPLOY / "nginx-main.conf").read_text(encoding="utf-8")


def test_the_one_node_believes_caddy_on_the_network_that_compose_makes() -> None:
    described = read(ONE, ENV_FILE_OF_ONE)
    (made,) = described["networks"]["inside"]["ipam"]["config"]
    assert described["services"]["node"]["environment"]["OMNILENS_TRUSTED_PROXIES"] == made["subnet"]


@contextmanager
def redis_as_described(folder: Path, secrets: Path) -> Iterator[int]:
    """The port of a Redis that is started, and found healthy, as the file says."""
    described, port = services()["redis"], free_port()
    *shell, line = described["command"]
    _, check = described["healthcheck"]["test"]
    line, check = line.replace(MOUNTED, str(secrets)), check.replace(MOUNTED, str(secrets))
    here = f"redis-server - --port {port} --bind 127.0.0.1 --dir {folder}"
    with subprocess.Popen([*shell, line.replace("redis-server -", here)], stdout=subprocess.DEVNULL) as process:
        try:
            check = check.replace("redis-cli", f"redis-cli -p {port}")
            eventually(lambda: subprocess.run(["sh", "-c", check], capture_output=True, check=False).returncode == 0)
            yield port
        finally:
            process.terminate()


@contextmanager
def nodes_as_described(folder: Path, secrets: Path) -> Iterator[list[Served]]:
    """Both nodes with just what the file gives them; they share a port, as they do there."""
    port = free_port()
    with ExitStack() as running:
        nodes = []
        for name in NODES:
            (folder / name).mkdir()
            given = {**environment(name, secrets), "GITHUB_WEBHOOK_SECRET": ""}
            nodes.append(running.enter_context(served(port, folder / name, host=hosts()[name], **given)))
        yield nodes


def runs(node: Served) -> set[int]:
    return {run["id"] for run in node.get("/api/repos/octo-repo/runs")["runs"]}


def accepted(node: Served) -> int:
    text = httpx2.get(f"{node.url}/metrics", trust_env=False).text
    found = re.search(r'^omnilens_webhook_deliveries_total\{event="workflow_run",result="accepted"\} (\S+)', text, re.M)
    return int(float(found[1])) if found else 0


def test_each_node_has_what_nginx_gave_to_the_other(tmp_path: Path, postgres: Postgres) -> None:
    secrets = make_secrets(tmp_path / "secrets")
    with redis_as_described(tmp_path, secrets) as redis_port, ExitStack() as running:
        with redis.Redis(port=redis_port, password=(secrets / "redis_password").read_text()) as asked:
            wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": ""}
            assert asked.config_get(*wanted) == wanted
        database = postgres.database().rpartition("/")[2]
        for name, there, here in (
            ("redis_url", "@redis:6379", f"@127.0.0.1:{redis_port}"),
            ("database_url", "@postgres/omnilens", f"@127.0.0.1:{postgres.port}/{database}"),
        ):
            url = (secrets / name).read_text()
            assert there in url
            (secrets / name).write_text(url.replace(there, here))
        nodes = running.enter_context(nodes_as_described(tmp_path, secrets))
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
