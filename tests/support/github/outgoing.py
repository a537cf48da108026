"""Sending deliveries to webhooks, the way GitHub does."""

from __future__ import annotations

import httpx2

from omnilens.github.signature import sign
from support.github.state import Delivery, Webhook, body_of


async def send(hook: Webhook, delivery: Delivery) -> None:
    """Post a delivery once, and note what came of it.

    https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
    """
    body = body_of(delivery)
    delivery.request_headers = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/0f0f0f0",
        "X-GitHub-Delivery": delivery.guid,
        "X-GitHub-Event": delivery.event,
        "X-GitHub-Hook-ID": str(hook.id),
    }
    if hook.secret:
        delivery.request_headers["X-Hub-Signature-256"] = sign(body, hook.secret.encode()).decode()
    try:
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
            answer = await client.post(hook.url, content=body, headers=delivery.request_headers)
    except httpx2.TimeoutException:
        delivery.status, delivery.status_code = "timed out", 504
    except httpx2.TransportError:
        delivery.status, delivery.status_code = "failed to connect to host", 502
    else:
        delivery.status_code, delivery.response = answer.status_code, answer.text
        delivery.status = "OK" if answer.is_success else f"Invalid HTTP Response: {answer.status_code}"
