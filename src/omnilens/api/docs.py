"""``/docs``: the OpenAPI document as a page to read and try, made of files of our own server only."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from omnilens.api.page import DOCUMENT_HEADERS

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OmniLens API</title>
<link rel="icon" href="/favicon-quiet.svg">
<link rel="stylesheet" href="/docs-assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs-assets/swagger-ui-bundle.js"></script>
<script src="/docs-assets/start.js"></script>
</body>
</html>
"""


@router.get("/docs")
async def get_docs() -> HTMLResponse:
    # The viewer sets styles by attribute, which counts as inline.
    policy = DOCUMENT_HEADERS["content-security-policy"].replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    return HTMLResponse(_PAGE, headers={**DOCUMENT_HEADERS, "content-security-policy": policy})
