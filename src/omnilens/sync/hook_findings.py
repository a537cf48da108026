"""What a doctor says about one repository: its webhook, and what came of its deliveries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from omnilens.github.rest import HookDelivery
from omnilens.github.rest.values import RepoFields
from omnilens.sync.delivery_log import events, tally, told, took, under_way
from omnilens.sync.findings import Finding, Level
from omnilens.sync.hook_plan import EVENTS, Difference, Seen, Step

SYNC = "Call omnilens hooks sync."
_REDIRECTS = range(300, 400)
_BY_STATUS = {
    401: "The secret there is not the one here: call omnilens hooks sync --write-secret.",
    403: "Let POST /api/webhooks/github through without a login, and see OMNILENS_WEBHOOK_SOURCES.",
    404: "Something else answers there: have the proxy pass /api/webhooks/github on.",
    405: "Something else answers there: have the proxy pass /api/webhooks/github on.",
    408: "The body did not arrive in time: look at the network and the proxy.",
    413: "Raise the proxy's limit for bodies, and OMNILENS_MAX_BODY, to 25 MB.",
    415: SYNC,
    429: "Too many were not signed with this secret: call omnilens hooks sync --write-secret.",
    500: "The log of the server says what failed, and omnilens deliveries list what was kept of it.",
    502: "Is the server running, and does the proxy reach it? Is the address reachable from outside?",
    503: "The server was stopping, or cannot write: /api/health says which.",
    504: "It took longer than ten seconds, or did not connect: look at the network and the proxy.",
}


def of_repository(name: str, found: RepoFields) -> list[Finding]:
    """What GitHub says about the repository itself."""
    notes = []
    if found.full_name.lower() != name.lower():
        what = f"{name} is called {found.full_name} now."
        do = "Write that into OMNILENS_REPOSITORIES; until then GitHub redirects."
        notes.append(Finding(about="configuration", level="note", what=what, do=do))
    if found.archived or found.disabled:
        state = "archived" if found.archived else "disabled"
        notes.append(Finding(about="configuration", level="note", what=f"It is {state} at GitHub: nothing runs there."))
    return notes


def of_steps(steps: Sequence[Step], seen: Sequence[Seen], last_received: datetime | None = None) -> list[Finding]:
    """What is to be said of a webhook from what would be done about it.

    `seen` is where was looked, `last_received` when something of the repository last arrived here, if ever.
    """
    return [finding for step in steps for finding in _of_step(step, seen, last_received)]


def _of_step(step: Step, seen: Sequence[Seen], last_received: datetime | None) -> list[Finding]:
    where = step.target.where
    match step.action:
        case "create":
            return [_none(step, seen, last_received)]
        case "repair":
            return [_different(step, each) for each in step.differences]
        case "remove":
            return [
                Finding(
                    about="webhook", level="warning", what=f"Webhook {step.hook_id} of {where}: {step.why}.", do=SYNC
                )
            ]
        case "impossible":
            return [Finding(about="webhook", level="problem", what=f"{where}: {step.why}", do=_may(step, seen))]
        case _:
            what = f"Webhook {step.hook_id} of {where} is as it should be." if step.hook_id else f"{where}: {step.why}."
            return [Finding(about="webhook", level="ok", what=what)]


def _none(step: Step, seen: Sequence[Seen], last_received: datetime | None) -> Finding:
    where = step.target.where
    hidden = [each for each in seen if each.hooks is None and each.target.place is not None]
    if hidden and last_received is not None:
        at = f"{last_received:%Y-%m-%d %H:%M} UTC"
        what = f"{where} has no webhook of its own, and yet deliveries arrive, the last at {at}."
        do = f"That of {hidden[0].target.where} cannot be seen: {hidden[0].why}"
        return Finding(about="webhook", level="note", what=what, do=do)
    return Finding(about="webhook", level="problem", what=f"{where} has no webhook: {step.why}.", do=SYNC)


def _different(step: Step, difference: Difference) -> Finding:
    what = f"Webhook {step.hook_id} of {step.target.where}: {difference}."
    return Finding(about="webhook", level=_how_bad(difference), what=what, do=SYNC)


def _how_bad(difference: Difference) -> Level:
    """What keeps deliveries from arriving is a problem; what only costs or is unsafe is not yet one."""
    match difference.what:
        case "events":
            subscribed = set(difference.found.split(", "))
            return "warning" if subscribed >= set(EVENTS) or "*" in subscribed else "problem"
        case "address" | "TLS verification":
            return "warning"
        case _:
            return "problem"


def _may(step: Step, seen: Sequence[Seen]) -> str | None:
    missing = next((each.missing for each in seen if each.target == step.target), ())
    return f"Give the token {' or '.join(missing)} at GitHub." if missing else None


def of_log(log: Sequence[HookDelivery], now: datetime, complete: bool = True) -> list[Finding]:
    """What came of the deliveries in a webhook's log; `complete` says whether it goes back three days."""
    found: list[Finding] = []
    known = sorted((each for each in log if not under_way(each)), key=lambda each: (each.delivered_at, each.id))
    if not known:
        what = "Nothing was delivered within the last three days."
        return [Finding(about="deliveries", level="note", what=what, do="Push something, and look again.")]
    last = known[-1]
    name = last.event if last.event not in EVENTS else f"{last.event} {last.action or ''}".rstrip()
    answer = f"The last delivery, {name} at {last.delivered_at:%Y-%m-%d %H:%M:%S} UTC,"
    if took(last):
        found.append(Finding(about="deliveries", level="ok", what=f"{answer} was answered {last.status_code}."))
    else:
        what = f"{answer} failed: {last.status_code} {last.status}."
        refused: Level = "warning" if last.status_code == 400 else "problem"  # for what it was, not for how we are
        found.append(Finding(about="deliveries", level=refused, what=what, do=_remedy(last)))
    pings = [each for each in known if each.event == "ping"]
    if pings and pings[-1] is not last:
        came = "was answered" if took(pings[-1]) else "failed"
        what = f"The last ping, at {pings[-1].delivered_at:%Y-%m-%d %H:%M} UTC, {came}: {pings[-1].status_code}."
        found.append(Finding(about="deliveries", level="ok" if took(pings[-1]) else "note", what=what))
    counted = tally(events(log))
    if counted.sent:
        since = "Within three days" if complete else f"Since {known[0].delivered_at:%Y-%m-%d %H:%M} UTC"
        do = (
            "GitHub sends them again on demand, in Recent Deliveries of the webhook's settings."
            if counted.lost
            else None
        )
        level: Level = "warning" if counted.lost else "ok"
        found.append(Finding(about="deliveries", level=level, what=f"{since}: {told(counted, now)} (UTC).", do=do))
    held = sum(event.throttled for event in events(log))
    if held:
        what = f"Held back by GitHub, since there were too many at once: {held:,}."
        found.append(Finding(about="deliveries", level="note", what=what))
    return found


def _remedy(last: HookDelivery) -> str:
    if last.status_code in _REDIRECTS:
        return "It is redirected, to a login perhaps: let POST /api/webhooks/github through without one."
    if last.status_code == 400:
        return "The log of the server says which delivery was refused, and why; a stale one needs nothing done."
    return _BY_STATUS.get(last.status_code, _BY_STATUS[502])
