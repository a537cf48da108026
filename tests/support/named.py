"""Users without a login of theirs: whoever says a name is that user, as if a proxy had asked for the password."""

from __future__ import annotations

HEADER = "x-forwarded-user"
BY_NAME = {"auth": "proxy", "trusted_proxies": "127.0.0.1"}
"""Settings of a server that believes it."""
