"""The Helm chart, rendered by Helm itself: what comes out is valid, names settings that exist, and has no shell."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from omnilens import __version__
from omnilens.settings import Settings, is_secret
from support.process import omnilens
from support.server import LiveServer

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy/helm/omnilens"
PYTHON = ROOT / ".setup/shipping/bin/python"
SHARED = ["GITHUB_WEBHOOK_SECRET", "OMNILENS_SECRET_KEY", "OMNILENS_REDIS_URL", "OMNILENS_DATABASE_URL"]

pytestmark = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="Helm as a library is only built for Linux on x86-64",
)


def rendered(**values: Any) -> dict[str, Any]:
    command = [str(PYTHON), str(Path(__file__).with_name("render_chart.py")), str(CHART), json.dumps(values)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(said.stdout)
    return result


def manifests(**values: Any) -> dict[str, Any]:
    made = rendered(**values)
    assert made["wrong"] == []
    return {each["kind"]: each for each in made["manifests"]}


@pytest.fixture(scope="module")
def one() -> dict[str, Any]:
    return manifests(
        settings={"OMNILENS_MAX_CONNECTIONS": "20000", "GITHUB_OAUTH_CLIENT_ID": "Ov23li"},
        ingress={"enabled": True, "tlsSecret": "certificate", "className": "nginx"},
    )


@pytest.fixture(scope="module")
def several() -> dict[str, Any]:
    return manifests(replicas=3, settings={"OMNILENS_AUTH": "proxy"}, secret={"keys": SHARED})


def container(made: dict[str, Any]) -> dict[str, Any]:
    (only,) = made["Deployment"]["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = only
    return found


def environment(made: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container(made)["env"]}


def test_its_version_is_ours() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert (chart["version"], chart["appVersion"]) == (__version__, __version__)


def test_one_node_keeps_its_file_on_a_volume(one: dict[str, Any]) -> None:
    assert set(one) == {"Deployment", "Service", "Ingress", "PersistentVolumeClaim"}
    assert one["Deployment"]["spec"]["strategy"] == {"type": "Recreate"}
    assert one["Ingress"]["spec"]["tls"] == [{"hosts": ["ci.example.com"], "secretName": "certificate"}]


def test_several_nodes_are_replaced_one_after_the_other(several: dict[str, Any]) -> None:
    assert set(several) == {"Deployment", "Service", "PodDisruptionBudget"}
    assert several["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"replicas": 2}, "Several nodes share a Redis and a PostgreSQL"),
        ({"settings": {"OMNILENS_AUTH": "none"}}, "OMNILENS_AUTH"),
        ({"settings": {"OMNILENS_PORT": "80"}}, "OMNILENS_PORT"),
        ({"settings": {"OMNILENS_MAX_BODY": 26214400}}, "OMNILENS_MAX_BODY"),
        ({"secret": {"keys": []}}, "keys"),
    ],
)
def test_values_that_cannot_work_are_refused(values: dict[str, Any], sentence: str) -> None:
    made = rendered(**values)
    assert made["manifests"] == []
    assert sentence in made["wrong"][0]


@pytest.mark.parametrize("kind", ["one", "several"])
def test_settings_exist_and_hold_and_none_is_secret(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    made = request.getfixturevalue(kind)
    fields = Settings.model_fields.values()
    secret = {str(field.alias) for field in fields if is_secret(field)}
    given = environment(made)
    assert set(given) <= {str(field.alias) for field in fields} - secret | {f"{name}_FILE" for name in secret}
    values = {
        "OMNILENS_REDIS_URL": "redis://:word@redis:6379/0",
        "OMNILENS_DATABASE_URL": "postgresql://omnilens:word@postgres/omnilens",
    }
    for name, value in list(given.items()):
        if name.endswith("_FILE"):
            setting = name.removesuffix("_FILE")
            given[name] = str(tmp_path / Path(value).name)
            (tmp_path / setting).write_text(values.get(setting, "x" * 40))
    checked = omnilens("check-config", "--env-file", str(tmp_path / "none"), **given)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_it_runs_as_the_image_does_with_as_little_as_there_is(one: dict[str, Any]) -> None:
    image = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    (user,) = re.findall(r"^USER (\d+):\d+$", image, re.MULTILINE)
    pod = one["Deployment"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == int(user)
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["automountServiceAccountToken"] is False
    may = container(one)["securityContext"]
    assert may == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    places = {each["mountPath"] for each in container(one)["volumeMounts"]}
    (data,) = re.findall(r"OMNILENS_DATA_DIR=(\S+)", image)
    assert data in places


def test_its_probes_are_answered(one: dict[str, Any], server: LiveServer) -> None:
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = container(one)[probe]["httpGet"]
        assert asked["scheme"] == "HTTP"
        assert server.http.get(asked["path"]).status_code == 200


def test_a_server_with_tls_of_its_own_is_asked_over_it() -> None:
    made = manifests(settings={"OMNILENS_SSL_CERTFILE": "/run/secrets/omnilens/tls.pem"})
    probes = ("startupProbe", "livenessProbe", "readinessProbe")
    assert {container(made)[probe]["httpGet"]["scheme"] for probe in probes} == {"HTTPS"}
    assert made["Deployment"]["spec"]["template"]["metadata"]["annotations"]["prometheus.io/scheme"] == "https"


def test_before_it_is_told_to_stop_nobody_sends_anything_any_more(one: dict[str, Any]) -> None:
    pod = one["Deployment"]["spec"]["template"]["spec"]
    command = container(one)["lifecycle"]["preStop"]["exec"]["command"]
    waits = float(re.findall(r"time\.sleep\((\d+)\)", command[-1])[0])
    compile(command[-1], "preStop", "exec")
    assert command[:-1] == ["python", "-c"]
    assert waits + 15 < pod["terminationGracePeriodSeconds"]
