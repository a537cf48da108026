"""What becomes of a request on its way to the journal, and what is noted of that. Pure."""

from __future__ import annotations

import asyncio
from typing import Final

from msgspec import Struct

from omnilens.errors import OmniLensError
from omnilens.github.deliveries import Delivery, Request
from omnilens.pipeline.change import Change, happened
from omnilens.pipeline.journal import Appended
from omnilens.pipeline.receipt import Receipt
from omnilens.pipeline.times import Taken
from omnilens.pipeline.unmapped import Unmapped


class Offered(Struct, frozen=True):
    """A change that the journal has been given."""

    delivery: Delivery
    change: Change
    appended: asyncio.Future[Appended]
    verified: float
    offered: float
    """When; see ``Taken``."""


class Failed(Struct, frozen=True):
    delivery: Delivery | None
    """Nothing if its signature is not right."""
    error: Exception


Offer = Offered | Receipt | Unmapped | Failed
NOTHING_TO_OFFER: Final = (Receipt, Unmapped)


def noted(request: Request, offer: Offer, outcome: Receipt | Exception, answered: float) -> Taken | None:
    """When a delivery was where. Of what is not signed nothing is remembered: anybody could fill the memory."""
    verified = offered = answered
    happened_at = None
    if isinstance(offer, Offered):
        verified, offered, happened_at = offer.verified, offer.offered, happened(offer.change)
    if isinstance(outcome, Receipt):
        name, result, seq = outcome.delivery_id, outcome.result, outcome.seq or 0
    elif not isinstance(offer, Receipt) and offer.delivery is not None:
        name, result, seq = offer.delivery.id, getattr(outcome, "code", OmniLensError.code), 0
    else:
        return None
    whole = request.whole or verified
    return Taken(name, result, seq, happened_at, request.began or whole, whole, verified, offered, answered)
