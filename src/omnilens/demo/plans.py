"""What the demo's three repositories build, and who pushes to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobPlan:
    """A job and its steps with their usual seconds."""

    name: str
    steps: tuple[tuple[str, float], ...]
    needs: tuple[str, ...] = ()
    environment: str | None = None
    """A deployment environment that somebody has to approve."""
    labels: tuple[str, ...] = ("ubuntu-latest",)


@dataclass(frozen=True, slots=True)
class WorkflowPlan:
    """A workflow: when it runs and how it tends to end."""

    repository: str
    name: str
    file: str
    events: tuple[str, ...]
    jobs: tuple[JobPlan, ...]
    weight: int
    """How often it runs, compared with the others."""
    failure_rate: float = 0.08


@dataclass(frozen=True, slots=True)
class Commit:
    """What was pushed, by whom."""

    title: str
    author: str
    branch: str


def _steps(*work: tuple[str, float]) -> tuple[tuple[str, float], ...]:
    return (("Set up job", 1), ("Check out", 2), *work, ("Complete job", 1))


def _matrix(
    name: str, values: tuple[str, ...], *work: tuple[str, float], **rest: tuple[str, ...]
) -> tuple[JobPlan, ...]:
    return tuple(JobPlan(f"{name} ({value})", _steps(*work), **rest) for value in values)  # type: ignore[arg-type]


_LINT = JobPlan("lint", _steps(("Install tools", 4), ("Ruff and mypy", 6)))
_BUILD = JobPlan("build", _steps(("Restore cache", 3), ("Build wheel", 9), ("Upload artifact", 3)))
_BROWSERS = ("chromium", "firefox", "webkit")
_PYTHONS = ("3.11", "3.12", "3.13")

PLANS: tuple[WorkflowPlan, ...] = (
    WorkflowPlan(
        "acme/api",
        "CI",
        "ci.yml",
        ("push", "pull_request"),
        (_LINT, _BUILD, *_matrix("unit", _PYTHONS, ("Install", 5), ("Run pytest", 18), needs=("build",))),
        weight=6,
    ),
    WorkflowPlan(
        "acme/api",
        "End-to-end",
        "e2e.yml",
        ("push", "pull_request"),
        (
            _BUILD,
            *_matrix(
                "e2e",
                _BROWSERS,
                ("Install browsers", 9),
                ("tests/checkout.spec.ts · pay with saved card", 22),
                needs=("build",),
            ),
            JobPlan("publish report", _steps(("Merge traces", 4), ("Upload report", 4)), ("e2e (chromium)",)),
        ),
        weight=4,
        failure_rate=0.3,
    ),
    WorkflowPlan(
        "acme/api",
        "Migrations",
        "migrations.yml",
        ("pull_request",),
        (JobPlan("migrate", _steps(("Start PostgreSQL", 6), ("Up and down again", 14))),),
        weight=2,
    ),
    WorkflowPlan(
        "acme/api",
        "CodeQL",
        "codeql.yml",
        ("schedule", "push"),
        (
            JobPlan(
                "Analyze (python)", _steps(("Initialize CodeQL", 8), ("Analyze", 35)), labels=("self-hosted", "large")
            ),
        ),
        weight=1,
        failure_rate=0.03,
    ),
    WorkflowPlan(
        "acme/web",
        "CI",
        "ci.yml",
        ("push", "pull_request"),
        (
            JobPlan("typecheck", _steps(("npm ci", 7), ("tsc", 9))),
            JobPlan("test", _steps(("npm ci", 7), ("vitest", 15))),
            JobPlan("bundle", _steps(("npm ci", 7), ("vite build", 8)), ("typecheck", "test")),
        ),
        weight=6,
    ),
    WorkflowPlan(
        "acme/web",
        "Lint",
        "lint.yml",
        ("push", "pull_request"),
        (JobPlan("biome", _steps(("npm ci", 7), ("biome ci", 3))),),
        weight=4,
        failure_rate=0.12,
    ),
    WorkflowPlan(
        "acme/web",
        "Deploy production",
        "deploy.yml",
        ("push",),
        (
            _BUILD,
            JobPlan(
                "deploy", _steps(("Upload source maps", 6), ("Roll out", 14)), ("build",), environment="production"
            ),
            JobPlan("smoke", _steps(("Wait for health", 5), ("Smoke tests", 8)), ("deploy",)),
        ),
        weight=2,
        failure_rate=0.15,
    ),
    WorkflowPlan(
        "acme/web",
        "Docs",
        "docs.yml",
        ("push",),
        (JobPlan("publish", _steps(("Build site", 9), ("Publish", 5))),),
        weight=2,
        failure_rate=0.02,
    ),
    WorkflowPlan(
        "acme/infra",
        "Terraform",
        "terraform.yml",
        ("push", "pull_request"),
        (
            JobPlan("plan", _steps(("terraform init", 6), ("terraform plan", 12))),
            JobPlan("apply", _steps(("terraform apply", 20)), ("plan",), environment="staging"),
        ),
        weight=2,
    ),
    WorkflowPlan(
        "acme/infra",
        "Docker",
        "docker.yml",
        ("push",),
        (
            *_matrix("image", ("amd64", "arm64"), ("Build image", 24), ("Push image", 6)),
            JobPlan("manifest", _steps(("Join manifests", 4)), ("image (amd64)", "image (arm64)")),
        ),
        weight=2,
    ),
    WorkflowPlan(
        "acme/infra",
        "Nightly backup check",
        "nightly.yml",
        ("schedule",),
        (JobPlan("restore", _steps(("Fetch last backup", 10), ("Restore", 22), ("Compare row counts", 6))),),
        weight=1,
        failure_rate=0.1,
    ),
)

REPOSITORIES = tuple(sorted({plan.repository for plan in PLANS}))

COMMITS: tuple[Commit, ...] = (
    Commit("Retry idempotent charges", "monalisa", "main"),
    Commit("Cache auth tokens for their whole life", "hubot", "feature/cache-auth-tokens"),
    Commit("Bump bundler to 8", "dependabot[bot]", "dependabot/npm_and_yarn/bundler-8.0.0"),
    Commit("Say what went wrong when an import fails", "ada", "fix/import-errors"),
    Commit("Add a dark theme to the checkout", "grace", "feature/dark-checkout"),
    Commit("Split the order service in two", "linus-b", "main"),
    Commit("Make the search box reachable by keyboard ⌨️", "grace", "fix/keyboard-search"),
    Commit("Zeitzonen überall gleich behandeln", "konrad", "main"),
    Commit("Remove the old pricing page", "ada", "main"),
    Commit("Pin base images by digest", "hubot", "chore/pin-images"),
    Commit("Measure queue time of the workers", "monalisa", "feature/queue-metrics"),
    Commit("Release 2.4.0", "linus-b", "main"),
)
