"""What is decided about one client, with the time in the test's hands."""

import json
from math import inf

import pytest

from omnilens.socketio.engine import PING, Admit, Close, Leave, Send
from omnilens.socketio.options import Limits
from omnilens.socketio.packets import Ack, Event
from omnilens.socketio.session import Session

LIMITS = Limits(ping_interval=25, ping_timeout=20, connect_timeout=45, max_message=1000, max_attachments=3)
NAMESPACES = {"/", "/custom"}


@pytest.fixture
def session() -> Session:
    return Session(LIMITS, NAMESPACES, now=0)


@pytest.fixture
def connected(session: Session) -> Session:
    session.receive("40", now=0)
    session.admit("socket-id")
    return session


def test_who_is_in_no_room_may_stay_for_a_while() -> None:
    session = Session(Limits(idle_timeout=5, ping_interval=25, ping_timeout=20), NAMESPACES, now=0)
    session.receive("40", now=0)
    session.admit("socket-id")
    assert session.deadline == 5
    session.occupy(1, now=1)
    session.occupy(1, now=2)
    session.occupy(-1, now=3)
    assert session.deadline == 25
    session.occupy(-1, now=4)
    assert session.deadline == 9
    assert session.tick(now=9) == Close(1000, "idle timeout")


def test_the_greeting_announces_the_heartbeat_in_milliseconds() -> None:
    session = Session(Limits(ping_interval=0.3, ping_timeout=0.2, max_message=1000), NAMESPACES, now=0)
    greeting = session.greet("engine-id", ["websocket"])
    assert greeting.packet[:1] == b"0"
    assert json.loads(greeting.packet[1:]) == {
        "sid": "engine-id",
        "upgrades": ["websocket"],
        "pingInterval": 300,
        "pingTimeout": 200,
        "maxPayload": 1000,
    }


def test_a_client_is_admitted(session: Session) -> None:
    assert session.receive('40{"token":"x"}', now=1) == Admit({"token": "x"})
    assert session.admit("socket-id") == Send(b'40{"sid":"socket-id"}')
    assert session.connected == ("/",)


def test_a_client_is_refused(session: Session) -> None:
    assert session.receive("40", now=1) == Admit(None)
    assert session.refuse({"message": "no"}) == Send(b'44{"message":"no"}')
    assert session.closed


def test_other_namespaces_do_not_exist_and_cost_nothing(session: Session) -> None:
    assert session.receive("40/admin,", now=1) == Send(b'44/admin,{"message":"Invalid namespace"}')
    assert not session.connected
    assert session.receive("40", now=2) == Admit(None)


def test_events_are_passed_on(connected: Session) -> None:
    assert connected.receive('427["name",1]', now=1) == Event("name", [1], 7)


def test_a_client_that_leaves_may_come_back(connected: Session) -> None:
    assert connected.receive("41", now=5) == Leave("client namespace disconnect")
    assert not connected.connected
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
    assert connected.closed


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


def test_the_client_closes(connected: Session) -> None:
    assert connected.receive("1", now=1) == Close(1000, "transport close")


def test_a_noop_is_nothing(connected: Session) -> None:
    assert connected.receive("6", now=1) is None


BEFORE_CONNECT = ['42["name"]', "41", "43[]", '431["x"]', "41/admin,"]
NEVER = [
    "", "abc", "9", "0", "0{}", "2", "2probe", "3probe", "5", "11", "6x", "b", "bAQ==", '40/random,{"a":', "461-1[1]",
    "4", "4abc", "4true", "4null", "47", "42{}", "42[", "42[]", "42[1]", "43[]", '431["x"]', '44{"message":"x"}',
    "4" + "2" * 102, '42["connect"]', '42["disconnect"]', '42/admin,["name"]', "41/admin,", "40[]",
]  # fmt: skip


@pytest.mark.parametrize("message", [*BEFORE_CONNECT, *NEVER])
def test_nonsense_before_connecting_closes(session: Session, message: str) -> None:
    assert_parse_error(session, message, code=1008)


@pytest.mark.parametrize("message", [*NEVER, "40", '40{"again":true}'])
def test_nonsense_after_connecting_closes(connected: Session, message: str) -> None:
    assert_parse_error(connected, message, code=1008)


def assert_parse_error(session: Session, message: str | bytes, code: int) -> None:
    action = session.receive(message, now=1)
    assert isinstance(action, Close)
    assert (action.code, action.reason) == (code, "parse error")
    assert session.closed
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


# Namespaces


def test_namespaces_are_entered_and_left_one_by_one(connected: Session) -> None:
    assert connected.receive('40/custom,{"token":"x"}', now=1) == Admit({"token": "x"}, "/custom")
    assert connected.admit("other-id", "/custom") == Send(b'40/custom,{"sid":"other-id"}')
    assert connected.receive('42/custom,["name"]', now=2) == Event("name", [], None, "/custom")
    assert connected.receive("41", now=3) == Leave("client namespace disconnect")
    assert connected.receive('42/custom,["name"]', now=4) == Event("name", [], None, "/custom")
    assert connected.deadline == 25
    assert connected.receive("41/custom", now=5) == Leave("client namespace disconnect", "/custom")
    beat(connected, 25)
    assert connected.tick(now=50) == Close(1008, "connect timeout")


def test_a_refusal_in_one_namespace_is_not_the_end_in_another(connected: Session) -> None:
    assert connected.receive("40/custom", now=1) == Admit(None, "/custom")
    assert connected.refuse({"message": "no"}, "/custom") == Send(b'44/custom,{"message":"no"}')
    assert not connected.closed
    assert connected.receive('42["name"]', now=2) == Event("name", [])


# Attachments

TWO = '452-7["name",{"_placeholder":true,"num":1},{"deep":[{"_placeholder":true,"num":0}]}]'


def test_an_event_waits_for_its_attachments(connected: Session) -> None:
    assert connected.receive(TWO, now=1) is None
    assert connected.receive(b"first", now=1) is None
    assert connected.receive("3", now=1) is None  # of another layer
    assert connected.receive(b"second", now=1) == Event("name", [b"second", {"deep": [b"first"]}], 7)
    assert connected.weight == len(TWO) + 10
    assert_parse_error(connected, b"third", code=1003)


def test_nothing_comes_between_a_packet_and_its_attachments(connected: Session) -> None:
    connected.receive(TWO, now=1)
    assert_parse_error(connected, '42["name"]', code=1008)


def test_attachments_are_bounded_in_number(connected: Session) -> None:
    assert_parse_error(connected, '454-["name"]', code=1009)


@pytest.mark.parametrize("digits", ["99999", "4599999999999", "9" * 5000])
def test_numbers_of_attachments_are_bounded(connected: Session, digits: str) -> None:
    assert_parse_error(connected, f'45{digits}-["name"]', code=1009)


def test_attachments_are_bounded_in_size(connected: Session) -> None:
    connected.receive('453-["name"]', now=1)
    assert connected.receive(bytes(900), now=1) is None
    assert_parse_error(connected, bytes(100), code=1009)


@pytest.mark.parametrize(
    "message",
    [
        '450-["a"]', '45["a"]', '451-["a",{"_placeholder":true,"num":1}]', '451-["a",{"_placeholder":true,"num":-1}]',
        '451-["a",{"_placeholder":true,"num":true}]', '451-["a",{"_placeholder":true}]', '451-[]', '451-["connect"]',
        '451-{"_placeholder":true,"num":0}', '451-/custom,["a"]', '461-["a"]', '451["a"]', '421-["a"]',
    ],
)  # fmt: skip
def test_nonsense_is_not_waited_for(connected: Session, message: str) -> None:
    assert_parse_error(connected, message, code=1008)


def test_attachments_before_connecting_close(session: Session) -> None:
    assert_parse_error(session, TWO, code=1008)


# Acks


def test_acks_are_taken_for_what_was_asked(connected: Session) -> None:
    assert connected.ask() == 0
    assert connected.receive("430[1]", now=1) == Ack(0, [1])
    assert connected.receive("430[1]", now=1) == Ack(0, [1])  # perhaps it is no longer waited for
    assert connected.receive('461-0[{"_placeholder":true,"num":0}]', now=1) is None
    assert connected.receive(b"x", now=1) == Ack(0, [b"x"])
    assert_parse_error(connected, "431[1]", code=1008)
