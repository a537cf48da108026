"""What ``omnilens hooks`` does: it shows and changes the webhooks at GitHub. No server of ours need run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from omnilens.github.rest import Clock
from omnilens.github.rest.client import GitHub, connect
from omnilens.on_board import patterns_of
from omnilens.operations.calls import CallMetrics
from omnilens.operations.metrics import Metrics
from omnilens.settings import Settings
from omnilens.sync import hooks
from omnilens.sync.hook_plan import Seen, Step, differences, looks_like_ours, plan, targets
from omnilens.sync.hooks import Done, Manner
from omnilens.sync.public_url import unreachable
from omnilens.sync.rotation import rotate

WIDTH = 160
"""Columns of a table that goes to a file or another program."""
PATIENCE = 60.0
"""Seconds that somebody at a terminal waits for GitHub's limits; beyond, the command says until when they last."""
NONE = "None of the webhooks leads to"


def github_of(loaded: Settings) -> GitHub:
    """The GitHub of the settings, for a command."""
    return connect(loaded, observer=CallMetrics(Metrics())).patient(PATIENCE)


async def show_list(loaded: Settings) -> bool:
    """Print the webhooks that lead here, and what about each is not as it should be. Returns whether all is well."""
    async with github_of(loaded) as github:
        seen = await _seen(github, loaded)
    steps = plan(seen, loaded.webhook_url, unreachable(loaded.origin, loaded.api_url))
    rows = [row for each in seen for row in _rows(each, steps, loaded.webhook_url)]
    _print(("where", "webhook", "state", "last answer", "remarks"), rows)
    return all(step.action == "keep" for step in steps)


async def sync(loaded: Settings, dry_run: bool, write_secret: bool) -> bool:
    """Print what is to be done, do it unless this is a dry run, and return whether all is then as it should be."""
    url, secret = loaded.webhook_url, loaded.webhook_secrets[0].get_secret_value()
    async with github_of(loaded) as github:
        seen = await _seen(github, loaded)
        steps = plan(seen, url, unreachable(loaded.origin, loaded.api_url), write_secret)
        if dry_run or not any(step.changes for step in steps):
            _print(("where", "webhook", "plan", "why"), map(_step, steps))
            return all(step.action != "impossible" for step in steps)
        rest = [step for step in steps if not step.changes]
        well = await _told(hooks.apply(github, steps, url, secret))
    if rest:
        _print(("where", "webhook", "plan", "why"), map(_step, rest))
    return well and all(step.action != "impossible" for step in steps)


async def every(loaded: Settings, manner: Manner) -> bool:
    """Pause, resume or remove every webhook that leads here. Returns whether that went well."""
    async with github_of(loaded) as github:
        seen = await _seen(github, loaded)
        unseen = _say_unseen(seen)
        found = hooks.ours(seen, loaded.webhook_url)
        if not found:
            print(f"{NONE} {loaded.webhook_url}.")
            return not unseen
        return await _told(hooks.each(github, found, manner)) and not unseen


async def change_secret(loaded: Settings, clock: Clock | None = None) -> bool:
    """Write the first secret into every webhook that leads here, and say when the others may be dropped."""
    new, old = (secret.get_secret_value() for secret in loaded.webhook_secrets[:2])
    async with github_of(loaded) as github:
        seen = await _seen(github, loaded)
        unseen = _say_unseen(seen)
        found = hooks.ours(seen, loaded.webhook_url)
        if not found:
            print(f"{NONE} {loaded.webhook_url}; omnilens hooks sync makes them.")
            return False
        turning = rotate(github, found, loaded.webhook_url, (new, old), clock or Clock())
        well = await _told(turning) and not unseen
    print(after_rotation(well, datetime.now(UTC), loaded))
    return well


def after_rotation(well: bool, now: datetime, loaded: Settings) -> str:
    """When the old secret may be dropped."""
    if not well:
        return (
            "Keep both secrets in GITHUB_WEBHOOK_SECRET, and call this again once the server runs with both of them "
            "and every webhook can be written."
        )
    # What GitHub has taken up before may still be on its way, signed with the old one; later it is stale in any case.
    at = now + loaded.event_retention
    return (
        f"From {at:%Y-%m-%d %H:%M} UTC on GITHUB_WEBHOOK_SECRET may be the first secret alone; "
        "what is under way until then may still be signed with the old one."
    )


async def _seen(github: GitHub, loaded: Settings) -> list[Seen]:
    return await hooks.look(github, targets(await patterns_of(loaded)))


async def _told(doing: AsyncGenerator[Done]) -> bool:
    """Print each step as it is done: they are a second apart, as GitHub asks for. Returns whether all went well."""
    well = True
    console = Console(soft_wrap=True)
    async with aclosing(doing) as steps:
        async for done in steps:
            well &= done.well
            name = f" (webhook {done.hook_id})" if done.hook_id else ""
            console.print(Text(f"{done.where}{name}: {done.what}", style="" if done.well else "red"))
    return well


def _say_unseen(seen: Sequence[Seen]) -> bool:
    """Say which could not be looked at, and return whether there are any."""
    unseen = [each for each in seen if each.target.wanted and each.target.place and each.hooks is None]
    for each in unseen:
        print(f"{each.target.where}: {each.why}")
    return bool(unseen)


def _step(step: Step) -> Sequence[str]:
    return step.target.where, str(step.hook_id or ""), step.action, step.why


def _rows(seen: Seen, steps: Sequence[Step], url: str) -> list[Sequence[str]]:
    """The lines about one target: each webhook of ours, or why there is none, and those that look like ours."""
    where, rows = seen.target.where, list[Sequence[str]]()
    for each in hooks.ours([seen], url):
        last = each.hook.last_response
        answer = "" if last is None or last.code is None else f"{last.code} {last.message or ''}".rstrip()
        remarks = "; ".join(map(str, differences(each.hook, url))) or "as it should be"
        rows.append((where, str(each.hook.id), "active" if each.hook.active else "paused", answer, remarks))
    if not rows:
        rows += [(where, "", "", "", step.why) for step in steps if step.target == seen.target]
    others = [hook for hook in seen.hooks or () if looks_like_ours(hook, url)]
    return [*rows, *((where, str(hook.id), "", "", f"leads elsewhere: {hook.config.url}") for hook in others)]


def _print(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number < 2)
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    console.width = console.width if console.is_terminal else max(console.width, WIDTH)
    console.print(table)
