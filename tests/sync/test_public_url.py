"""Whether GitHub can deliver to an address."""

from __future__ import annotations

import pytest

from omnilens.sync.public_url import is_public, unreachable, unwise

PUBLIC, ENTERPRISE, HERE = "https://api.github.com", "https://git.example.com/api/v3", "http://127.0.0.1:4711"


@pytest.mark.parametrize(
    ("url", "api", "expected"),
    [
        ("https://ci.example.com", PUBLIC, None),
        ("https://ci.example.com:8443", PUBLIC, None),
        ("https://203.0.113.9", "https://api.octo.ghe.com", "inside your network"),  # an address for documentation
        ("https://140.82.112.3", PUBLIC, None),
        ("https://10.1.2.3", PUBLIC, "inside your network"),
        ("https://[fd00::1]", PUBLIC, "inside your network"),
        ("https://ci", PUBLIC, "inside your network"),
        ("https://ci.local", PUBLIC, "inside your network"),
        ("http://ci.example.com", PUBLIC, "for all to read"),
        ("http://127.0.0.1:8000", PUBLIC, "this very machine"),
        ("http://localhost:8000", PUBLIC, "this very machine"),
        ("http://[::1]:8000", PUBLIC, "this very machine"),
        ("http://127.0.0.1:8000", ENTERPRISE, "this very machine"),
        ("https://10.1.2.3", ENTERPRISE, None),
        ("http://ci", ENTERPRISE, None),
        ("http://127.0.0.1:8000", HERE, None),
    ],
)
def test_what_cannot_be_reached(url: str, api: str, expected: str | None) -> None:
    why = unreachable(url, api)
    assert (why is None) == (expected is None), why
    if why is not None and expected is not None:
        assert expected in why
        assert "OMNILENS_PUBLIC_URL" in why


def test_without_tls_in_a_network_of_ones_own() -> None:
    assert "Put TLS in front" in (unwise("http://ci", ENTERPRISE) or "")
    for url, api in (("https://ci", ENTERPRISE), ("http://ci.example.com", PUBLIC), ("http://127.0.0.1:1", HERE)):
        assert unwise(url, api) is None


def test_which_github_everybody_shares() -> None:
    assert [is_public(api) for api in (PUBLIC, "https://api.octo.ghe.com", ENTERPRISE, HERE)] == [
        True,
        True,
        False,
        False,
    ]
