"""What is stored about people: every column that can hold something about somebody, why, and for how long.

The page in the documentation, the export and the test that compares both with the schema are made from this. A new
column has to be entered here, or its table has to be named as holding nothing about people.
"""

from __future__ import annotations

from typing import NamedTuple


class About(NamedTuple):
    """One column, or several that belong together."""

    what: str
    why: str
    until: str
    secret: bool = False
    """Whether it is shown to nobody, not even to the person: it would let somebody else in."""


ACCOUNT = "until the user is forgotten, or has not come back for `OMNILENS_INACTIVE_RETENTION`"
SESSION = "until logging out, or `OMNILENS_SESSION_LIFETIME`"
TOKEN = "until it expires or is revoked"  # noqa: S105
LISTED = "until it is taken off the list, or the user is forgotten"
NOTICE = "`OMNILENS_HISTORY_RETENTION` after it was told"
CLAIM = "until the workflow passes, it is taken back or over, or for seven days"
BROWSER = "until its session is over, it is removed, or it cannot be reached any more"
REPORTED = "`OMNILENS_HISTORY_RETENTION`"
RUN = "`OMNILENS_HISTORY_RETENTION` after the run's last change"

STORED: dict[str, dict[str, About]] = {
    "users": {
        "id": About("a random number", "to tell users apart", ACCOUNT),
        "provider": About("where the user logs in", "to know them again", ACCOUNT),
        "subject": About("what the provider knows them by", "to know them again", ACCOUNT),
        "login": About("login", "to show who is logged in", ACCOUNT),
        "name": About("name, if the provider says one", "to show who is logged in", ACCOUNT),
        "avatar_url": About("address of the picture", "to show who is logged in", ACCOUNT),
        "created_at": About("first login", "to answer what is known", ACCOUNT),
        "seen_at": About("last login", "to forget those who do not come back", ACCOUNT),
        "github_token": About(
            "GitHub's token, sealed", "to ask in their name what they may read", "until logging out", True
        ),
    },
    "sessions": {
        "key": About("hash of the session's id", "to know a browser again", SESSION, True),
        "user_id": About("whose it is", "to know a browser again", SESSION),
        "token_key": About("hash of the access token it came by", "to end it with the token", SESSION, True),
        "created_at": About("when it began", "to show and to end it", SESSION),
        "expires_at": About("when it ends", "to end it", SESSION),
    },
    "access_tokens": {
        "key": About("hash of the token", "to know it again", TOKEN, True),
        "id": About("a short random name", "to speak of it", TOKEN),
        "name": About("what it is for, as its maker wrote", "to speak of it", TOKEN),
        "user_id": About("whose it is", "to give it their rights", TOKEN),
        "scope": About("repositories it is for", "to limit it", TOKEN),
        "created_at": About("when it was made", "to show it", TOKEN),
        "expires_at": About("when it ends", "to end it", TOKEN),
        "used_at": About("when it was used last", "to find those that nobody needs", TOKEN),
    },
    "added_repositories": {
        "added_by": About("who added a repository first", "to answer questions about the board", LISTED),
        "added_at": About("when that was", "to answer questions about the board", LISTED),
    },
    "listed_repositories": {
        "user_id": About("whose list it is on", "to show each user their own list", LISTED),
        "slug": About("the repository", "to show each user their own list", LISTED),
        "position": About("its place", "to show each user their own list", LISTED),
        "added_at": About("when it was added", "to order the list", LISTED),
        "taken_off": About("whether it was taken off", "not to show it again", LISTED),
    },
    "list_changes": {
        "user_id": About("whose list was changed", "to show a change in all their pages", ACCOUNT),
        "version": About("a number that rises with each change", "to show a change in all their pages", ACCOUNT),
    },
    "workflow_marks": {
        "user_id": About("whose marks they are", "to show them wherever they log in", ACCOUNT),
        "slug": About("the repository", "to show them on its board", ACCOUNT),
        "marks": About("what they pinned, hid, reviewed and sorted there", "to show it as they left it", ACCOUNT),
        "version": About("a number that rises with each change", "to let no page undo another's", ACCOUNT),
    },
    "claims": {
        "user_id": About("who looks after what fails or waits", "to show that somebody does", CLAIM),
        "name": About("the name they typed, where nobody logs in", "to show who it is", CLAIM),
        "made_at": About("since when they do", "to show it", CLAIM),
    },
    "forget_requests": {
        "user_id": About("who asked to be forgotten", "to let all servers forget them", "until that is done: seconds"),
        "login": About("login", "to find it in runs", "until that is done: seconds"),
        "asked_at": About("when that was", "to finish what was interrupted", "until that is done: seconds"),
    },
    "notice_inbox": {
        "user_id": About("whose it is", "to tell each user what concerns them", NOTICE),
        "notice_id": About("what they were told", "to tell each user what concerns them", NOTICE),
        "delivered_at": About("when a page of theirs confirmed it", "not to tell it again", NOTICE),
        "read_at": About("when they read it", "to show what is unread", NOTICE),
        "version": About("a number that rises with each change", "to show a change in all their pages", NOTICE),
        "pushed_at": About("when their browsers were told of it", "not to tell them again", NOTICE),
    },
    "push_subscriptions": {
        "key": About("hash of the address", "to find it again", BROWSER, True),
        "user_id": About("whose browser it is", "to tell them while no page is open", BROWSER),
        "session_key": About("hash of its session's id", "to tell it no more when that is over", BROWSER, True),
        "endpoint": About("the browser's address at its maker's service", "to reach it", BROWSER),
        "p256dh": About("the browser's public key", "to close messages for it alone", BROWSER),
        "auth": About("a secret of the browser's", "to close messages for it alone", BROWSER, True),
        "created_at": About("when the browser was added", "to show it", BROWSER),
    },
    "user_reports": {
        "said": About("what somebody wrote who reported a problem, without who", "to find out what is wrong", REPORTED),
        "page": About("what their page knew of its connection", "to find out what is wrong", REPORTED),
    },
    "flag_changes": {
        "user_id": About(
            "who switched live updates on or off", "so that others know whom to ask", "until they are forgotten"
        ),
        "why": About("why, in their words", "so that others know", "as long as the database"),
    },
    "notices": {
        "notice": About("login of who triggered a run", "to tell whose run it is", NOTICE),
    },
    "notice_lanes": {
        "lane": About("branches of forks begin with their owner's login", "to tell branches apart", NOTICE),
        "state": About("login of who triggered a run that was told of", "to tell what became of it", NOTICE),
    },
    "runs": {
        "state": About("login and picture of who triggered a run", "to show whose run it is", RUN),
    },
    "journal": {
        "change": About(
            "login and picture of who triggered a run", "to show whose run it is", "`OMNILENS_EVENT_RETENTION`"
        ),
    },
    "dead_letters": {
        "body": About(
            "a delivery of GitHub's that could not be read, whole",
            "to try it again",
            "until it is taken, or `OMNILENS_HISTORY_RETENTION`",
        ),
    },
}
"""By table and column. Columns of these tables that are not named hold nothing about anybody."""

NOTHING_ABOUT_PEOPLE = {
    "journal_state": "where the journal is",
    "history_state": "where the history is",
    "repositories": "names of repositories",
    "fetched_days": "which days were fetched",
    "etags": "which answers of GitHub were stored",
    "backfills": "which repositories were filled",
    "alert_turns": "when alerts of which server fired",
    "notice_state": "up to where notices were made",
    "list_state": "a number that rises with each change of any list",
    "forgettings": "that somebody was forgotten, and when; not who",
}
"""Tables that hold nothing about people, and what they hold instead."""

OF_NOBODY_KNOWN = frozenset({"user_reports"})
"""Tables that say something of people, but not of whom."""

OF_RUNS = frozenset({"runs", "journal", "dead_letters", "notices", "notice_lanes"})
"""Tables that say something of people as GitHub's actors, and not as users here."""

OTHER_COLUMNS = {
    "added_repositories": {"slug", "repository", "left_at"},
    "user_reports": {"id", "reported_at", "slug", "counts"},
    "flag_changes": {"id", "scope", "share", "by", "decided_at"},
    "claims": {"slug", "workflow_id", "branch", "run_id"},
    "notices": {"id", "version", "key", "slug", "made_at"},
    "notice_lanes": {"slug", "heard_at"},
    "runs": {"slug", "run_id", "started_at", "updated_at", "completed"},
    "journal": {"seq", "delivery_id", "signature", "received_at"},
    "dead_letters": {
        "delivery_id",
        "signature",
        "event",
        "received_at",
        "size",
        "code",
        "reason",
        "attempts",
        "next_attempt_at",
    },
}
"""The columns of the tables above that hold nothing about anybody."""
