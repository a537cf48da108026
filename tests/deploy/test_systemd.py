"""The units of systemd, held against systemd's own word, and against the command that they start."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from omnilens.settings import Settings, is_secret
from support.process import omnilens

UNITS = Path(__file__).parents[2] / "deploy/systemd"
SERVICE = (UNITS / "omnilens.service").read_text(encoding="utf-8")
COMMAND = "/opt/omnilens/bin/omnilens"
EXPOSED = 20
"""A hundred is what nothing protects; what talks to the network at all has 15."""


def values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", SERVICE, flags=re.MULTILINE)


def environment() -> dict[str, str]:
    return dict(each.split("=", 1) for each in values("Environment"))


def systemd_analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing. Install it with: sudo apt-get install systemd"
    command = [program, "--no-pager", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("omnilens")
    for unit in UNITS.iterdir():
        (tmp_path / unit.name).write_text(unit.read_text(encoding="utf-8").replace(COMMAND, str(program)))
    said = systemd_analyze("verify", "--man=no", "--recursive-errors=no", *tmp_path.iterdir())
    assert (said.returncode, said.stderr) == (0, "")


def test_systemd_finds_little_that_could_be_taken_from_it() -> None:
    said = systemd_analyze("security", "--offline=true", f"--threshold={EXPOSED}", UNITS / "omnilens.service")
    assert said.returncode == 0, said.stdout


def test_it_starts_commands_that_there_are() -> None:
    (before,), (start,) = values("ExecStartPre"), values("ExecStart")
    assert (before, start) == (f"{COMMAND} check-config", f"{COMMAND} serve")
    for command in (before, start):
        assert omnilens(*shlex.split(command)[1:], "--help").returncode == 0


def test_its_settings_exist_and_its_secret_comes_from_a_file(tmp_path: Path) -> None:
    fields = Settings.model_fields.values()
    known = {str(field.alias) for field in fields} | {f"{field.alias}_FILE" for field in fields if is_secret(field)}
    assert set(environment()) <= known
    (loaded,) = values("LoadCredential")
    name = loaded.partition(":")[0]
    assert environment()["GITHUB_WEBHOOK_SECRET_FILE"] == f"%d/{name}"
    (tmp_path / name).write_text("x" * 40)
    given = {setting: value.replace("%d", str(tmp_path)) for setting, value in environment().items()}
    checked = omnilens("check-config", "--env-file", str(tmp_path / "none"), **given)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_it_may_write_is_its_own_folder() -> None:
    (folder,) = values("StateDirectory")
    assert environment()["OMNILENS_DATA_DIR"] == f"/var/lib/{folder}"
    assert values("ProtectSystem") == ["strict"]


def test_a_configuration_that_does_not_hold_is_not_tried_again() -> None:
    assert omnilens("check-config", GITHUB_WEBHOOK_SECRET="").returncode == int(values("RestartPreventExitStatus")[0])
