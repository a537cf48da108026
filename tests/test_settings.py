"""Settings: everything that is wrong is said at once, and nothing secret is ever shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from omnilens import settings
from omnilens.settings import Rate, RepositoryPattern, Settings, SettingsError, load


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


def problems(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as error, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        load()
    return error.value.problems


def loaded(**environment: str) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"GITHUB_WEBHOOK_SECRET": "s", **environment}.items():
            patch.setenv(name, value)
        return load()


def secrets(of: Settings) -> list[str]:
    return [secret.get_secret_value() for secret in of.webhook_secrets]


def test_it_does_not_start_without_a_secret() -> None:
    assert problems() == ["GITHUB_WEBHOOK_SECRET is required. Make one with: openssl rand -hex 32"]
    assert problems(GITHUB_WEBHOOK_SECRET="") == problems()


@pytest.mark.parametrize("empty", [",", "a,", " , "])
def test_an_empty_secret_among_others_is_none(empty: str) -> None:
    assert problems(GITHUB_WEBHOOK_SECRET=empty) == [
        "GITHUB_WEBHOOK_SECRET has an empty secret in it; anybody could sign with that"
    ]


def test_every_problem_is_named_at_once() -> None:
    found = problems(
        OMNILENS_HOST="0.0.0.0",  # noqa: S104
        OMNILENS_PORT="99999",
        OMNILENS_EVENT_RETENTION="soon",
        OMNILENS_REPOSITORIES="acme",
        OMNILENS_PUBLIC_URL="ci.example.com",
        OMNILENS_WEBHOOK_RATE_LIMIT="often",
        OMNILENS_MAX_BODY="huge",
        OMNILENS_STALE_DELIVERIES="maybe",
        GITHUB_WEBHOOK_SECRET_FILE="nowhere",
    )
    assert [problem.split()[0] for problem in found] == [
        "GITHUB_WEBHOOK_SECRET",
        "OMNILENS_REPOSITORIES",
        "OMNILENS_HOST",
        "OMNILENS_PORT",
        "OMNILENS_PUBLIC_URL",
        "OMNILENS_EVENT_RETENTION",
        "OMNILENS_STALE_DELIVERIES",
        "OMNILENS_WEBHOOK_RATE_LIMIT",
        "OMNILENS_MAX_BODY",
    ]


def test_the_defaults() -> None:
    defaults = loaded()
    assert (defaults.host, defaults.port, defaults.repositories) == ("127.0.0.1", 8000, ())
    assert (defaults.event_retention, defaults.max_body) == (timedelta(minutes=30), 25 * 1024 * 1024)
    assert defaults.webhook_rate_limit == Rate(60, 60)
    assert (defaults.connections_per_user, defaults.max_connections) == (10, 10_000)
    assert (defaults.handshake_rate, defaults.idle_timeout) == (Rate(100, 1), timedelta(minutes=5))
    assert defaults.trusted_proxies == ()
    assert defaults.github_host == "github.com"


def test_from_a_file_below_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GITHUB_WEBHOOK_SECRET=from-file\nOMNILENS_PORT=9000\nGITHUB_REPO_1=a/b\n")
    assert secrets(load()) == ["from-file"]
    assert loaded().port == 9000
    assert secrets(loaded()) == ["s"]
    assert [pattern.name for pattern in load().repositories] == ["b"]


def test_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("new,old\n")
    assert secrets(load_with_file(tmp_path / "secret")) == ["new", "old"]


def load_with_file(path: Path) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_WEBHOOK_SECRET_FILE", str(path))
        return load()


def test_repositories() -> None:
    found = loaded(
        OMNILENS_REPOSITORIES=" acme/api=backend, acme/*, */* ,,",
        GITHUB_REPO_2="b/two",
        GITHUB_REPO_10="b/ten",
        GITHUB_REPO_1="b/one=first",
    ).repositories
    assert found == (
        RepositoryPattern("acme", "api", "backend"),
        RepositoryPattern("acme", "*"),
        RepositoryPattern("*", "*"),
        RepositoryPattern("b", "one", "first"),
        RepositoryPattern("b", "two"),
        RepositoryPattern("b", "ten"),
    )


@pytest.mark.parametrize(
    "entry",
    ["acme", "acme/", "/api", "acme/api/x", "*/api", "acme/..", "acme/api=", "acme/api=../x", "acme/*=x", "-a/b"],
)
def test_entries_that_are_no_repository(entry: str) -> None:
    assert problems(GITHUB_WEBHOOK_SECRET="s", OMNILENS_REPOSITORIES=entry)[0].startswith("OMNILENS_REPOSITORIES")


def test_one_slug_for_two_repositories() -> None:
    found = problems(GITHUB_WEBHOOK_SECRET="s", OMNILENS_REPOSITORIES="a/b=x,c/d=X")
    assert found == ["OMNILENS_REPOSITORIES gives the slug 'x' to several repositories"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])  # noqa: S104
def test_without_a_login_it_listens_on_loopback_only(host: str) -> None:
    (problem,) = problems(GITHUB_WEBHOOK_SECRET="s", OMNILENS_HOST=host)
    assert "OMNILENS_AUTH=none lets everybody in" in problem


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_loopback_addresses(host: str) -> None:
    assert loaded(OMNILENS_HOST=host).host == host


def test_the_one_allowed_origin() -> None:
    assert loaded(OMNILENS_PUBLIC_URL="https://CI.example.com/").allowed_origins == {"https://ci.example.com"}
    assert loaded(OMNILENS_PORT="9000").allowed_origins == {
        "http://127.0.0.1:9000",
        "http://localhost:9000",
        "http://[::1]:9000",
    }


@pytest.mark.parametrize(
    ("api", "host"),
    [
        ("https://api.github.com", "github.com"),
        ("https://ghe.example.com/api/v3/", "ghe.example.com"),
        ("https://api.octo.ghe.com", "octo.ghe.com"),
    ],
)
def test_links_lead_to_the_host_of_the_api(api: str, host: str) -> None:
    assert loaded(GITHUB_API_URL=api).github_host == host


def test_only_enterprise_server_may_be_called_api() -> None:
    assert loaded(GITHUB_API_URL="https://api.example.com/api/v3").github_host == "api.example.com"


@pytest.mark.parametrize("api", ["api.github.com", "https://x@api.github.com", "https://a/b", "ftp://a", "https://a?b"])
def test_what_is_no_address_of_an_api(api: str) -> None:
    (problem,) = problems(GITHUB_WEBHOOK_SECRET="s", GITHUB_API_URL=api)
    assert problem.startswith("GITHUB_API_URL")


def test_a_token() -> None:
    token = loaded(GITHUB_TOKEN="github_pat_11A").github_token
    assert token is not None
    assert token.get_secret_value() == "github_pat_11A"
    assert loaded().github_token is None


@pytest.mark.parametrize("token", ["a b", "a\nb", "ä", "a" * 1001])
def test_what_no_token_looks_like_and_is_not_repeated(token: str) -> None:
    assert problems(GITHUB_WEBHOOK_SECRET="s", GITHUB_TOKEN=token) == [
        "GITHUB_TOKEN has a character in it that no token has"
    ]


def test_a_token_in_a_file_that_is_not_there() -> None:
    (problem,) = problems(GITHUB_WEBHOOK_SECRET="s", GITHUB_TOKEN_FILE="nowhere")
    assert problem.startswith("GITHUB_TOKEN cannot be read from its file")


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GITHUB_APP_PRIVATE_KEY"])
def test_what_is_secret_is_not_sent_for_all_to_read(name: str) -> None:
    given = {"GITHUB_WEBHOOK_SECRET": "s", "GITHUB_APP_ID": "1", name: PEM}
    if name == "GITHUB_TOKEN":
        given = {"GITHUB_WEBHOOK_SECRET": "s", name: "t"}
    assert loaded(**given, GITHUB_API_URL="http://127.0.0.1:8080").api_url == "http://127.0.0.1:8080"
    (problem,) = problems(**given, GITHUB_API_URL="http://ghe.example.com/api/v3")
    assert problem == f"{name} would be sent for all to read; GITHUB_API_URL should begin with https://"


KEY = RSAKey.generate_key(2048)
PEM = KEY.as_pem(private=True).decode()


@pytest.mark.parametrize("written", [PEM, PEM.replace("\n", "\\n"), PEM.strip()])
def test_an_app_with_its_key(written: str) -> None:
    given = loaded(GITHUB_APP_ID="12345", GITHUB_APP_PRIVATE_KEY=written, GITHUB_APP_INSTALLATION_ID="7")
    assert (given.app_id, given.app_installation_id) == ("12345", 7)
    assert given.app_private_key is not None
    assert given.app_private_key.get_secret_value() == PEM
    assert PEM.splitlines()[1] not in repr(given)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"GITHUB_APP_ID": "1"}, "GITHUB_APP_PRIVATE_KEY is required with GITHUB_APP_ID"),
        ({"GITHUB_APP_PRIVATE_KEY": PEM}, "GITHUB_APP_PRIVATE_KEY is set without GITHUB_APP_ID"),
        (
            {"GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY": PEM, "GITHUB_TOKEN": "t"},
            "GITHUB_APP_ID is set, and so is GITHUB_TOKEN; only one of them can be who asks",
        ),
        *(
            (
                {"GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY": wrong},
                "GITHUB_APP_PRIVATE_KEY should be a private RSA key in PEM format, as GitHub made it",
            )
            for wrong in ("x", PEM.replace("A", "B", 3), KEY.as_pem(private=False).decode())
        ),
    ],
)
def test_half_an_app_is_none(given: dict[str, str], problem: str) -> None:
    assert problems(GITHUB_WEBHOOK_SECRET="s", **given) == [problem]


def test_secrets_are_not_shown() -> None:
    assert "hunter2" not in repr(loaded(GITHUB_WEBHOOK_SECRET="hunter2"))
    assert "hunter2" not in " ".join(problems(GITHUB_WEBHOOK_SECRET="hunter2,"))


def test_the_file_to_start_from_can_be_started_from(tmp_path: Path) -> None:
    written = settings.as_env_file()
    for field in Settings.model_fields.values():
        assert f"{field.alias}=" in written
    uncommented = written.replace("\n# OMNILENS_", "\nOMNILENS_")
    (tmp_path / ".env").write_text(uncommented.replace("GITHUB_WEBHOOK_SECRET=", "GITHUB_WEBHOOK_SECRET=s"))
    assert load() == loaded()


def test_slips_of_the_keyboard_are_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OMNILENS_REPOSITORY", "a/b")
    monkeypatch.setenv("OMNILENS_TOKEN", "olt_x")  # what a client reads
    (tmp_path / ".env").write_text("OMNILENS_XYZZY=1\nOMNILENS_PORT=1\n")
    assert settings.unknown_names(tmp_path / ".env") == [
        "OMNILENS_REPOSITORY is not a setting; is OMNILENS_REPOSITORIES meant?",
        "OMNILENS_XYZZY is not a setting.",
    ]
