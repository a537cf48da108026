"""What can go wrong when GitHub is asked, each with a sentence that says what to do. No token is ever in one."""

from __future__ import annotations

from datetime import datetime


class GitHubError(Exception):
    """GitHub did not give what it was asked for; nothing of ours is broken by it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(GitHubError):
    """It is not there, or must not be seen: GitHub tells both in the same way."""

    def __init__(self, message: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing
        """What the token may lack, as far as GitHub says: a scope (``admin:repo_hook``) or a permission
        (``repository_hooks=write``)."""


class Forbidden(GitHubError):
    """The token is good, but may not do this."""

    def __init__(self, message: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing
        """As in `NotFound`."""


class Unauthorized(GitHubError):
    """The token or the key of the app is wrong, expired or revoked."""


class RateLimited(GitHubError):
    """GitHub must not be called now."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until
        """When it may be called again. UTC."""


class Rejected(GitHubError):
    """GitHub understood and refuses: a webhook that exists already, say."""


class GitHubUnavailable(GitHubError):
    """GitHub cannot be reached, or answers with errors. Asking again later may help."""


class UnexpectedAnswer(GitHubError):
    """Something answered, but not as GitHub's API does: most likely the wrong address, or a proxy in between."""
