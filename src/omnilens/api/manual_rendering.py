"""A page of the documentation as HTML, with the anchors that its links and those of alerts lead to. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#0c0e12">
<meta name="robots" content="noindex">
<title>{title} · OmniLens</title>
<link rel="icon" href="/favicon-quiet.svg">
<link rel="stylesheet" href="/manual.css">
<script src="/theme.js"></script>
</head>
<body>
<nav aria-label="Manual">
<a href="/">Board</a>
<a href="/manual/index.md">Manual</a>
<a href="/manual/runbooks/index.md">Runbooks</a>
</nav>
<main>
{body}</main>
</body>
</html>
"""
_WIDE = '<div class="wide" tabindex="0" role="group" aria-label="Table">'
"""Around what may be wider than the page, so that it can be moved by the keyboard too."""


class _Renderer(RendererHTML):
    """Rules are found by their names."""

    def table_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return _WIDE + self.renderToken(tokens, index, options, env)

    def table_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return self.renderToken(tokens, index, options, env) + "</div>\n"

    def fence(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return super().fence(tokens, index, options, env).replace("<pre>", '<pre tabindex="0">', 1)


def page_of(text: str) -> str:
    """The whole document that `text`, which is ours, is written for."""
    reader = MarkdownIt("commonmark", renderer_cls=_Renderer).enable("table")
    tokens = reader.parse(text)
    title = ""
    for opened, inline, closed in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opened.type == "heading_open":
            words = _words(inline)
            title = title or words
            opened.attrSet("id", anchor(words))
        elif opened.type in {"th_open", "td_open"}:
            if "right" in str(opened.attrs.pop("style", "")):  # which the policy of our pages would not let be
                opened.attrSet("class", "right")
            if not inline.content:  # a head that says nothing is none
                opened.tag = closed.tag = "td"
    return _PAGE.format(title=escape(title), body=reader.renderer.render(tokens, reader.options, {}))


def anchor(words: str) -> str:
    """What a heading is called in an address, as the documentation's site has it."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def _words(inline: Token) -> str:
    return "".join(each.content for each in inline.children or () if each.type in {"text", "code_inline"})
