"""Who is in a share: always the same users, and more of them the larger it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import GeneralError
from openfeature.flag_evaluation import FlagResolutionDetails, Reason

from omnilens.flags.provider import BoardProvider, provider_of
from omnilens.flags.rules import EVERYWHERE, Rule, Rules, includes
from omnilens.settings import EVERYBODY, NOBODY, SettingsError, Share, load
from support.changes import at

shares = st.integers(0, 10_000).map(Share)
users = st.text(max_size=40)


def rule(share: Share) -> Rule:
    return Rule(share, "because", "ada", at(0))


@given(users, shares, shares)
def test_whoever_is_in_stays_in_when_the_share_rises(user: str, one: Share, other: Share) -> None:
    smaller, larger = sorted((one, other), key=lambda share: share.per_ten_thousand)
    assert includes(larger, user) or not includes(smaller, user)
    assert includes(EVERYBODY, user)
    assert not includes(NOBODY, user)


@pytest.mark.parametrize("percent", [1, 10, 25, 50, 99])
def test_a_share_has_about_as_many_as_it_says(percent: int) -> None:
    share = Share.of(f"{percent}%")
    counted = sum(includes(share, f"user:{number}") for number in range(10_000))
    assert abs(counted - 100 * percent) < 200


@given(shares)
def test_a_share_is_read_as_it_is_written(share: Share) -> None:
    assert Share.of(str(share)) == share


@pytest.mark.parametrize("text", ["", "maybe", "101%", "25", "-1%", "1e2%", "25.123%", "nan%"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(ValueError, match="on, off or a percentage"):
        Share.of(text)


def test_a_repository_comes_before_everything_and_that_before_the_settings() -> None:
    rules = Rules(NOBODY, {EVERYWHERE: rule(EVERYBODY), "api": rule(NOBODY)})
    assert [rules.decide(slug, "ada").on for slug in ("api", "API", "web")] == [False, False, True]
    assert rules.decide("api", "ada").source == "repository"
    assert rules.decide("web", "ada").source == "everywhere"
    assert Rules(NOBODY).decide("web", "ada").source == "settings"
    assert not Rules(NOBODY).decide("web", "ada").on
    assert Rules().decide("web", "ada").on


class Flagd(BoardProvider):
    """Another provider, which knows one repository and fails for the next."""

    def __init__(self) -> None:
        super().__init__(Rules, None)
        self.asked: list[EvaluationContext] = []

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        raise GeneralError(error_message="It is not there.")

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        assert evaluation_context is not None
        self.asked.append(evaluation_context)
        if evaluation_context.attributes["repository"] == "unknown":
            raise GeneralError(error_message="It is not there.")
        return FlagResolutionDetails(False, reason=Reason.TARGETING_MATCH)


def test_another_provider_is_asked_where_nothing_was_decided_here() -> None:
    flagd = Flagd()
    provider = BoardProvider(lambda: Rules(EVERYBODY, {"web": rule(EVERYBODY)}), flagd)
    provider.initialize(EvaluationContext())

    def asked(slug: str) -> FlagResolutionDetails[bool]:
        context = EvaluationContext("user:7", {"repository": slug})
        return provider.resolve_boolean_details("realtime", True, context)

    assert (asked("web").value, flagd.asked) == (True, [])
    said = asked("api")
    assert (said.value, said.reason, said.flag_metadata["source"]) == (False, Reason.TARGETING_MATCH, "provider")
    assert flagd.asked[0].targeting_key == "user:7"
    assert provider.resolve_boolean_details("another", True).reason == Reason.DEFAULT
    unknown = asked("unknown")  # where it fails, the settings count
    assert (unknown.value, unknown.error_code, unknown.flag_metadata["source"]) == (True, None, "settings")


def test_a_provider_is_named_by_its_module_and_class() -> None:
    name = "openfeature.provider.no_op_provider:NoOpProvider"
    assert provider_of(name).get_metadata().name == "No-op Provider"
    for wrong in ("nowhere:Nothing", "json:JSONDecoder", "json", "openfeature.provider.no_op_provider:Nothing"):
        with pytest.raises(SettingsError) as error:
            load(None, webhook_secrets=("secret",), flag_provider=wrong)
        assert "OMNILENS_FLAG_PROVIDER" in str(error.value)
