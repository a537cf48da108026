"""The flag as an OpenFeature provider, so that its hooks see every decision, and another provider may have a say.

https://openfeature.dev/specification/sections/providers
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType, Reason
from openfeature.provider import AbstractProvider, FeatureProvider, Metadata

from omnilens.flags.rules import Rules
from omnilens.operations import logs
from omnilens.settings import EVERYBODY, NOBODY

log = logs.get(__name__)

REALTIME = "realtime"
"""The key of the flag."""
REPOSITORY = "repository"
"""The attribute of a context that names a repository, by its slug. The targeting key is the user."""


class BoardProvider(AbstractProvider):
    """What was decided here; then what the operator's own provider says, if there is one; then the settings."""

    def __init__(self, rules: Callable[[], Rules], other: FeatureProvider | None) -> None:
        super().__init__()
        self._rules = rules
        self._other = other

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        try:
            if self._other:
                self._other.initialize(evaluation_context)
        except Exception as error:  # noqa: BLE001  # what was decided here counts in spite of it
            log.error("flags.provider_failed", reason=f"{type(error).__name__}: {error}")

    def shutdown(self) -> None:
        if self._other:
            self._other.shutdown()

    def get_metadata(self) -> Metadata:
        return Metadata(name="OmniLens")

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """Whether a user has live updates of a repository: of the flag ``realtime``, and no other."""
        context = evaluation_context or EvaluationContext()
        slug, user = str(context.attributes.get(REPOSITORY, "")), context.targeting_key or ""
        rules = self._rules()
        if flag_key != REALTIME:
            return FlagResolutionDetails(default_value, reason=Reason.DEFAULT)
        if self._other and rules.rule(slug) is None:
            said = self._other.resolve_boolean_details(flag_key, default_value, context)
            return FlagResolutionDetails(
                said.value, said.error_code, said.error_message, said.reason, said.variant, {"source": "provider"}
            )
        decision = rules.decide(slug, user)
        assert decision.share is not None  # noqa: S101  # since these rules decided
        reason = Reason.STATIC if decision.share in {EVERYBODY, NOBODY} else Reason.SPLIT
        said_here = {"source": decision.source, "share": str(decision.share), "why": decision.why, "by": decision.by}
        return FlagResolutionDetails(
            decision.on, reason=reason, variant="on" if decision.on else "off", flag_metadata=said_here
        )

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        return FlagResolutionDetails(default_value, reason=Reason.DEFAULT)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        return FlagResolutionDetails(default_value, reason=Reason.DEFAULT)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        return FlagResolutionDetails(default_value, reason=Reason.DEFAULT)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[FlagValueType] | Mapping[str, FlagValueType],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Sequence[FlagValueType] | Mapping[str, FlagValueType]]:
        return FlagResolutionDetails(default_value, reason=Reason.DEFAULT)


def provider_of(name: str) -> FeatureProvider:
    """The provider that is written ``package.module:Class``, made without arguments; it reads its own environment."""
    module, _, attribute = name.partition(":")
    made: FeatureProvider = getattr(import_module(module), attribute)()
    return made
