"""GitHub's REST API: a client that keeps to the limits. `client.py` shows it whole.

It is not imported here: with its HTTP library it takes fifteen megabytes, and who asks GitHub nothing needs none.
"""

from omnilens.github.rest.budget import Refusal
from omnilens.github.rest.clock import Clock
from omnilens.github.rest.errors import (
    Forbidden,
    GitHubError,
    GitHubUnavailable,
    NotFound,
    RateLimited,
    Rejected,
    Unauthorized,
    UnexpectedAnswer,
)
from omnilens.github.rest.etags import ETag, ETags, MemoryETags
from omnilens.github.rest.observing import BudgetView, Observer
from omnilens.github.rest.spans import Span, around
from omnilens.github.rest.values import Access, Hook, HookDelivery, HookSettings, JobsPage, Place, RunFields, RunsPage

__all__ = [
    "Access",
    "BudgetView",
    "Clock",
    "ETag",
    "ETags",
    "Forbidden",
    "GitHubError",
    "GitHubUnavailable",
    "Hook",
    "HookDelivery",
    "HookSettings",
    "JobsPage",
    "MemoryETags",
    "NotFound",
    "Observer",
    "Place",
    "RateLimited",
    "Refusal",
    "Rejected",
    "RunFields",
    "RunsPage",
    "Span",
    "Unauthorized",
    "UnexpectedAnswer",
    "around",
]
