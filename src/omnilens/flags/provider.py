"""The flag as an OpenFeature provider, so that its hooks see every decision, and another provider may have a say.

https://openfeature.dev/specification/sections/providers
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEvent, ProviderEventDetails
from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType, Reason
from openfeature.provider import AbstractProvider, FeatureProvider, Metadata

from omnilens.flags.rules import Rules
from omnilens.operations import logs
from omnilens.settings import EVERYBODY, NOBODY

log = logs.get(__name__)

REALTIME = "realtime"
"""The key of the flag."""
_DIFFERENT = {ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, ProviderEvent.PROVIDER_READY}
"""After which a provider may say something else."""
REPOSITORY = "repository"
"""The attribute of a context that names a repository, by its slug. The targeting key is the user."""


class BoardProvider(AbstractProvider):
    """What was decided here; then what the operator's own provider says, if there is one; then the settings."""

    def __init__(
        self, rules: Callable[[], Rules], other: FeatureProvider | None, changed: Callable[[], None] | None = None
    ) -> None:
        """`changed` is called, in any thread, when the other one may say something else than before."""
        super().__init__()
        self._rules = rules
        self._other = other
        self._changed = changed
        self._trouble: str | None = None
        """Why the other one could not say the last time."""

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        try:
            if self._other:
                self._other.attach(self._heard)
                self._other.initialize(evaluation_context)
        except Exception as error:  # noqa: BLE001  # what was decided here counts in spite of it
            log.error("flags.provider_failed", reason=f"{type(error).__name__}: {error}")

    def shutdown(self) -> None:
        if self._other:
            self._other.detach()
            self._other.shutdown()

    def _heard(self, _: FeatureProvider, event: ProviderEvent, details: ProviderEventDetails) -> None:
        """The other one tells how it is. It does not become how we are: what was decided here counts in any case."""
        if event in _DIFFERENT and self._changed:
            self._changed()
        elif event in {ProviderEvent.PROVIDER_ERROR, ProviderEvent.PROVIDER_STALE}:
            log.warning("flags.provider_failed", reason=details.message)

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
            said = self._asked(self._other, default_value, context)
            if said is not None:
                return FlagResolutionDetails(said.value, None, None, said.reason, said.variant, {"source": "provider"})
        decision = rules.decide(slug, user)
        assert decision.share is not None  # noqa: S101  # since these rules decided
        reason = Reason.STATIC if decision.share in {EVERYBODY, NOBODY} else Reason.SPLIT
        said_here = {"source": decision.source, "share": str(decision.share), "why": decision.why, "by": decision.by}
        return FlagResolutionDetails(
            decision.on, reason=reason, variant="on" if decision.on else "off", flag_metadata=said_here
        )

    def _asked(
        self, other: FeatureProvider, default: bool, context: EvaluationContext
    ) -> FlagResolutionDetails[bool] | None:
        """What the other one says; nothing where it does not know the flag, or fails, so that the settings count."""
        try:
            said = other.resolve_boolean_details(REALTIME, default, context)
            trouble = None if said.error_code is None else f"{said.error_code}: {said.error_message}"
        except Exception as error:  # noqa: BLE001  # it is somebody else's
            trouble = f"{type(error).__name__}: {error}"
        if trouble and trouble != self._trouble:  # else there would be a line for each question
            log.warning("flags.provider_failed", reason=trouble)
        self._trouble = trouble
        return None if trouble else said

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
