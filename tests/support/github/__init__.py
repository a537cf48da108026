"""A GitHub to test against: a real HTTP server that keeps to GitHub's own description of its API."""

from support.github.fake import FakeGitHub
from support.github.faults import Fault
from support.github.people import Account, Installation
from support.github.state import Repository, Run, Webhook

__all__ = ["Account", "FakeGitHub", "Fault", "Installation", "Repository", "Run", "Webhook"]
