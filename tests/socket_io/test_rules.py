"""What an application may not ask of the server."""

import pytest

from omnilens.socketio import Limits, Server
from support.sites import ORIGIN, make_server


def test_reserved_events_cannot_be_handled() -> None:
    with pytest.raises(ValueError, match="cannot be received"):
        make_server().on("disconnect", lambda connection: None)


def test_a_single_string_is_no_collection_of_origins() -> None:
    with pytest.raises(TypeError, match="collection"):
        Server(allowed_origins=ORIGIN)


def test_limits_must_be_positive() -> None:
    with pytest.raises(ValueError, match="ping_interval must be positive"):
        Limits(ping_interval=0)


@pytest.mark.parametrize("name", ["", "custom", "/a,b"])
def test_namespaces_have_names_that_packets_can_carry(name: str) -> None:
    with pytest.raises(ValueError, match="named like"):
        make_server().namespace(name)


def test_a_namespace_is_made_once() -> None:
    server = make_server()
    assert server.namespace("/custom") is server.namespace("/custom")
    assert server.namespace("/") is server
