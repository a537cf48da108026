"""Sign a payload and post it, the way GitHub does."""

from __future__ import annotations

import json
import ssl
import uuid

import httpx2

from omnilens.demo.github import Payload
from omnilens.github.signature import sign

PATH = "/api/webhooks/github"


def body_of(payload: Payload) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()


def headers_of(event: str, body: bytes, secret: bytes, delivery_id: str | None = None) -> dict[str, str]:
    """The headers of GitHub's deliveries."""
    return {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/omnilens",
        "x-github-event": event,
        "x-github-delivery": delivery_id or str(uuid.uuid4()),
        "x-hub-signature-256": sign(body, secret).decode("ascii"),
    }


class Sender:
    """Posts deliveries to one server over connections that stay open."""

    def __init__(self, url: str, secret: bytes, trusted: ssl.SSLContext | bool = True) -> None:
        self._secret = secret
        self._client = httpx2.AsyncClient(base_url=url, timeout=10, trust_env=False, verify=trusted)

    async def send(self, event: str, payload: Payload, delivery_id: str | None = None) -> httpx2.Response:
        """Post one delivery. Returns the server's answer, whatever it is."""
        body = body_of(payload)
        return await self._client.post(PATH, content=body, headers=headers_of(event, body, self._secret, delivery_id))

    async def claim(self, slug: str, workflow_id: int, branch: str, name: str) -> httpx2.Response:
        """Say, as the page does, that somebody is on it. Returns the answer: perhaps nothing fails any more."""
        path = f"/api/repos/{slug}/claims/{workflow_id}"
        headers = {"origin": str(self._client.base_url).rstrip("/")}
        return await self._client.put(path, params={"branch": branch}, json={"name": name}, headers=headers)

    async def close(self) -> None:
        await self._client.aclose()
