"""CCTray's XML, which desktop clients and wallboards have read since CruiseControl.

https://cctray.org/v1/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from omnilens.api.standing import Standing
from omnilens.model import Conclusion, Run


class Project(NamedTuple):
    """A workflow of a repository."""

    full_name: str
    standing: Standing


def document(projects: Iterable[Project]) -> str:
    """The whole document."""
    root = Element("Projects")
    for full_name, (newest, verdict) in projects:
        fields = {
            "name": f"{full_name} / {newest.name}",
            "activity": "Sleeping" if newest.completed else "Building",
            "lastBuildStatus": _status(verdict),
            "webUrl": newest.html_url or "",
        }
        if verdict is not None:
            fields["lastBuildLabel"] = str(verdict.run_number or verdict.id)
            fields["lastBuildTime"] = verdict.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        SubElement(root, "Project", {name: _plain(value) for name, value in fields.items()})
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _status(verdict: Run | None) -> str:
    if verdict is None:
        return "Unknown"
    if verdict.conclusion is Conclusion.SUCCESS:
        return "Success"
    # CCTray's word for what could not even be tried.
    return "Exception" if verdict.conclusion is Conclusion.STARTUP_FAILURE else "Failure"


def _plain(text: str) -> str:
    """Without what XML may not have in it at all."""
    return "".join(each for each in text if each.isprintable())
