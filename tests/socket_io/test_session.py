"""What is decided about one client, with the time in the test's hands."""

import json
from math import inf

import pytest

from omnilens.socketio.options import Limits
from omnilens.socketio.packets import Event
from omnilens.socketio.session import PING, Admit, Close, Leave, Send, Session, State

LIMITS = Limits(ping_interval=25, ping_timeout=20, connect_timeout=45, max_message=1000)


@pytest.fixture
def session() -> Session:
    session = Session(LIMITS, now=0)
    session.open("engine-id", now=0)
    return session


@pytest.fixture
def connected(session: Session) -> Session:
    session.receive("40", now=0)
    session.admit("socket-id")
    return session


def test_the_greeting_announces_the_heartbeat_in_milliseconds() -> None:
    session = Session(Limits(ping_interval=0.3, ping_timeout=0.2, max_message=1000), now=0)
    greeting = session.open("engine-id", now=0)
    assert greeting.packet[:1] == b"0"
    assert json.loads(greeting.packet[1:]) == {
        "sid": "engine-id",
        "upgrades": [],
        "pingInterval": 300,
        "pingTimeout": 200,
        "maxPayload": 1000,
    }


def test_a_client_is_admitted(session: Session) -> None:
    assert session.receive('40{"token":"x"}', now=1) == Admit({"token": "x"})
    assert session.admit("socket-id") == Send(b'40{"sid":"socket-id"}')
    assert session.state is State.CONNECTED


def test_a_client_is_refused(session: Session) -> None:
    assert session.receive("40", now=1) == Admit(None)
    assert session.refuse({"message": "no"}) == Send(b'44{"message":"no"}')
    assert session.state is State.CLOSED


def test_other_namespaces_do_not_exist_and_cost_nothing(session: Session) -> None:
    assert session.receive("40/admin,", now=1) == Send(b'44/admin,{"message":"Invalid namespace"}')
    assert session.state is State.OPEN
    assert session.receive("40", now=2) == Admit(None)


def test_events_are_passed_on(connected: Session) -> None:
    assert connected.receive('427["name",1]', now=1) == Event("name", [1], 7)


def test_a_client_that_leaves_may_come_back(connected: Session) -> None:
    assert connected.receive("41", now=5) == Leave("client namespace disconnect")
    assert connected.state is State.OPEN
    assert connected.deadline == 25
    assert connected.receive("40", now=6) == Admit(None)


def test_a_client_that_leaves_must_come_back_in_time(connected: Session) -> None:
    connected.receive("41", now=5)
    beat(connected, 25)
    assert connected.tick(now=50) == Close(1008, "connect timeout")


def test_pings_follow_pongs(connected: Session) -> None:
    assert connected.deadline == 25
    assert connected.tick(now=24.9) is None
    assert connected.tick(now=25) == PING
    assert connected.deadline == 45
    assert connected.receive("3", now=30) is None
    assert connected.deadline == 55
    assert connected.tick(now=55) == PING


def test_a_client_that_does_not_answer_is_given_up(connected: Session) -> None:
    connected.tick(now=25)
    assert connected.tick(now=44.9) is None
    assert connected.tick(now=45) == Close(1000, "ping timeout")
    assert connected.deadline == inf


def test_a_client_may_be_lively_but_not_a_flood(connected: Session) -> None:
    for second in range(1, 100):
        assert connected.charge(1000, now=second) is None
    assert connected.charge(20_000, now=100) is None
    assert connected.charge(20_000, now=200) is None
    assert connected.charge(1001, now=201) == Close(1008, "too many messages")
    assert connected.state is State.CLOSED


def test_other_packets_are_no_pong(connected: Session) -> None:
    connected.tick(now=25)
    connected.receive('42["name"]', now=30)
    assert connected.tick(now=45) == Close(1000, "ping timeout")


def test_a_pong_that_nobody_asked_for_changes_nothing(connected: Session) -> None:
    for moment in range(24):
        assert connected.receive("3", now=moment) is None
    assert connected.deadline == 25


def test_a_client_that_only_answers_pings_is_not_kept(session: Session) -> None:
    beat(session, 25)
    assert session.deadline == 45
    assert session.tick(now=45) == Close(1008, "connect timeout")


def test_a_handshake_that_does_not_come_is_not_waited_for() -> None:
    session = Session(LIMITS, now=10)
    assert session.deadline == 55
    assert session.tick(now=55) == Close(1008, "connect timeout")


def test_the_client_closes(connected: Session) -> None:
    assert connected.receive("1", now=1) == Close(1000, "transport close")


def test_a_noop_is_nothing(connected: Session) -> None:
    assert connected.receive("6", now=1) is None


BEFORE_CONNECT = ['42["name"]', "41", "43[]", '431["x"]', "41/admin,"]
NEVER = [
    "", "abc", "9", "0", "0{}", "2", "2probe", "3probe", "5", "11", "6x", "b", "bAQ==",
    "4", "4abc", "4true", "4null", "47", "42{}", "42[", "42[]", "42[1]", "43[]", '431["x"]', '44{"message":"x"}',
    "4" + "2" * 102, '42["connect"]', '42["disconnect"]', '42/admin,["name"]', "41/admin,", "40[]",
]  # fmt: skip


@pytest.mark.parametrize("message", [*BEFORE_CONNECT, *NEVER])
def test_nonsense_before_connecting_closes(session: Session, message: str) -> None:
    assert_parse_error(session, message, code=1008)


@pytest.mark.parametrize("message", [*NEVER, "40", '40{"again":true}'])
def test_nonsense_after_connecting_closes(connected: Session, message: str) -> None:
    assert_parse_error(connected, message, code=1008)


@pytest.mark.parametrize("message", ['451-["a",{"_placeholder":true,"num":0}]', '4599999999999-["a"]', '461-1["a"]'])
def test_binary_packets_close(connected: Session, message: str) -> None:
    assert_parse_error(connected, message, code=1003)


def assert_parse_error(session: Session, message: str, code: int) -> None:
    action = session.receive(message, now=1)
    assert isinstance(action, Close)
    assert (action.code, action.reason) == (code, "parse error")
    assert session.state is State.CLOSED
    assert session.deadline == inf


def beat(session: Session, now: float) -> None:
    assert session.tick(now) == PING
    assert session.receive("3", now) is None


def test_how_long_an_answer_has_been_owed(connected: Session) -> None:
    assert connected.unanswered(25) == 0
    connected.tick(25)
    assert connected.unanswered(28) == 3
    connected.receive("3", 29)
    assert connected.unanswered(40) == 0
