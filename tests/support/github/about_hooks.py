"""Answers about webhooks and their deliveries, of repositories and of organisations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from support.github.about_runs import repository_of
from support.github.asked import Asked, Refuse, Reply
from support.github.state import Delivery, Json, Repository, Webhook, make_hook, stamp

KEPT = timedelta(days=3)
"""How long deliveries are: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/viewing-webhook-deliveries"""
MOST_HOOKS = 20


class _Place:
    """Where the webhooks are that a path speaks of."""

    def __init__(self, asked: Asked) -> None:
        self.repository: Repository | None = None
        if "org" in asked.path:
            if asked.account and asked.account.owner and asked.account.owner.lower() != asked.path["org"].lower():
                raise Refuse(404, "Not Found")
            organisation = asked.state.organisation(asked.path["org"])
            self.hooks, self.path = organisation.hooks, f"/orgs/{organisation.login}/hooks"
        else:
            self.repository = repository_of(asked)
            self.hooks, self.path = self.repository.hooks, f"/repos/{self.repository.full_name}/hooks"

    def hook(self, asked: Asked) -> Webhook:
        wanted = int(asked.path["hook_id"])
        for hook in self.hooks:
            if hook.id == wanted:
                return hook
        raise Refuse(404, "Not Found")

    def delivery(self, asked: Asked) -> tuple[Webhook, Delivery]:
        hook = self.hook(asked)
        wanted = int(asked.path["delivery_id"])
        for delivery in hook.deliveries:
            if delivery.id == wanted:
                return hook, delivery
        raise Refuse(404, "Not Found")

    def shown(self, asked: Asked, hook: Webhook) -> Json:
        where = f"{asked.api}{self.path}/{hook.id}"
        value = {
            "type": "Repository" if self.repository else "Organization",
            "id": hook.id,
            "name": "web",
            "active": hook.active,
            "events": hook.events,
            "config": hook.config,
            "created_at": stamp(hook.created_at),
            "updated_at": stamp(hook.created_at),
            "url": where,
            "ping_url": f"{where}/pings",
            "deliveries_url": f"{where}/deliveries",
        }
        if self.repository is None:
            return value
        last = hook.deliveries[-1] if hook.deliveries else None
        response: Json = {"code": None, "status": "unused", "message": None}
        if last is not None:
            status = "active" if last.status == "OK" else "invalid"
            response = {"code": last.status_code, "status": status, "message": last.status}
        return value | {"test_url": f"{where}/tests", "last_response": response}


def list_hooks(asked: Asked) -> Reply:
    place = _Place(asked)
    start, end, headers = asked.page(len(place.hooks), place.path)
    return Reply(200, [place.shown(asked, hook) for hook in place.hooks[start:end]], headers)


def get_hook(asked: Asked) -> Reply:
    place = _Place(asked)
    return Reply(200, place.shown(asked, place.hook(asked)))


def create_hook(asked: Asked) -> Reply:
    place, config = _Place(asked), asked.body.get("config", {})
    if not str(config.get("url", "")).startswith(("http://", "https://")):
        raise Refuse(
            422, "Validation Failed", [{"resource": "Hook", "code": "custom", "message": "url is missing a scheme"}]
        )
    events = asked.body.get("events", ["push"])
    if any(hook.url == config["url"] and set(hook.events) & set(events) for hook in place.hooks):
        already = {"resource": "Hook", "code": "custom", "message": "Hook already exists on this repository"}
        raise Refuse(422, "Validation Failed", [already])
    if len(place.hooks) >= MOST_HOOKS:
        raise Refuse(422, "Validation Failed", ['The "workflow_run" event cannot have more than 20 hooks'])
    hook = make_hook(next(asked.state.ids), config["url"], None, asked.now, events=events, content_type="form")
    _configure(hook, config)
    hook.active = asked.body.get("active", True)
    place.hooks.append(hook)
    _ping(asked, place, hook)
    shown = place.shown(asked, hook)
    return Reply(201, shown, {"location": shown["url"]})


def _configure(hook: Webhook, config: Json) -> None:
    """All at once: what is not given goes back to its default, and the secret with it."""
    hook.url = config["url"]
    hook.secret = config.get("secret")
    hook.content_type = config.get("content_type", "form")
    hook.insecure_ssl = str(config.get("insecure_ssl", "0"))


def _ping(asked: Asked, place: _Place, hook: Webhook) -> None:
    payload: Json = {"zen": "Non-blocking is better than blocking.", "hook_id": hook.id}
    if place.repository is not None:
        payload["repository"] = {"id": place.repository.id, "full_name": place.repository.full_name}
    asked.outgoing.append((hook, asked.state.delivery(hook, "ping", payload, place.repository)))


def update_hook(asked: Asked) -> Reply:
    place = _Place(asked)
    hook = place.hook(asked)
    if "config" in asked.body:
        _configure(hook, {"url": hook.url, **asked.body["config"]})
    hook.active = asked.body.get("active", hook.active)
    hook.events = asked.body.get("events", hook.events)
    return Reply(200, place.shown(asked, hook))


def delete_hook(asked: Asked) -> Reply:
    place = _Place(asked)
    place.hooks.remove(place.hook(asked))
    return Reply(204)


def ping_hook(asked: Asked) -> Reply:
    place = _Place(asked)
    _ping(asked, place, place.hook(asked))
    return Reply(204)


def list_deliveries(asked: Asked) -> Reply:
    """https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook"""
    place = _Place(asked)
    hook = place.hook(asked)
    found = [each for each in reversed(hook.deliveries) if each.delivered_at > asked.now - KEPT]
    if cursor := asked.query.get("cursor"):
        if not cursor.removeprefix("v1_").isdecimal():
            raise Refuse(400, "Invalid cursor")
        found = [each for each in found if each.id <= int(cursor.removeprefix("v1_"))]
    size = min(100, int(asked.query.get("per_page", 30)))
    query = {"per_page": str(size), "cursor": f"v1_{found[size].id}"} if len(found) > size else None
    where = f"{place.path}/{hook.id}/deliveries"
    headers = {"link": f'<{asked.link(where, query)}>; rel="next"'} if query else {}
    return Reply(200, [_item(each) for each in found[:size]], headers)


def _item(delivery: Delivery) -> Json:
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": stamp(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": delivery.duration,
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.payload.get("action"),
        "installation_id": None,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def get_delivery(asked: Asked) -> Reply:
    hook, delivery = _Place(asked).delivery(asked)
    request = {"headers": delivery.request_headers, "payload": delivery.payload}
    response = {"headers": {"Content-Type": "application/json"}, "payload": delivery.response}
    return Reply(200, {**_item(delivery), "url": hook.url, "request": request, "response": response})


def redeliver(asked: Asked) -> Reply:
    hook, delivery = _Place(asked).delivery(asked)
    asked.outgoing.append((hook, asked.state.again(hook, delivery)))
    return Reply(202, {})


_BY_NAME: dict[str, Callable[[Asked], Any]] = {
    "list-webhooks": list_hooks,
    "create-webhook": create_hook,
    "get-webhook": get_hook,
    "update-webhook": update_hook,
    "delete-webhook": delete_hook,
    "ping-webhook": ping_hook,
    "list-webhook-deliveries": list_deliveries,
    "get-webhook-delivery": get_delivery,
    "redeliver-webhook-delivery": redeliver,
}
HANDLERS = {f"{where}/{name}": handler for where in ("repos", "orgs") for name, handler in _BY_NAME.items()}
