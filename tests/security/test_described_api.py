"""Every operation of the API, asked in all the ways that its description allows and does not: never a 500, and
never an answer that is not described (https://schemathesis.readthedocs.io)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from support.payloads import job_payload, run_payload
from support.server import LiveServer

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance"
)


def test_whatever_is_asked_is_answered_as_described(tmp_path: Path) -> None:
    with LiveServer(repositories="octo-org/octo-repo", database_url=f"sqlite:///{tmp_path}/db") as server:
        for number in range(1, 4):
            server.post("workflow_run", run_payload(id=number))
        server.post("workflow_job", job_payload())
        done = subprocess.run(
            [
                *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"),
                *(f"{server.url}/openapi.json", "-H", f"Origin: {server.settings.origin}", "--checks", CHECKS),
                # Behind the one nobody is left to ask, and the other takes seconds.
                *(
                    "--exclude-path",
                    "/api/me/forget",
                    "--exclude-path",
                    "/api/profile",
                    "--max-examples",
                    "10",
                    "--phases",
                    "coverage,fuzzing",
                ),
                *("--seed", "1", "--no-color", "--suppress-health-check", "all"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
        operations = re.search(r"Tested: (\d+)", done.stdout)
        assert operations
        assert int(operations[1]) >= 40
        assert server.http.get("/readyz").status_code == 200
