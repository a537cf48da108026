"""Which repositories are on the board, and under which slug.

Configured by name, but followed by GitHub's id: a repository keeps its slug when it is renamed or transferred.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from omnilens.github.payloads import RepositoryFields
from omnilens.model import Repository
from omnilens.pipeline.text import safe_url
from omnilens.settings import SLUG, RepositoryPattern

MAX_DISCOVERED = 10_000
"""Repositories that wildcards may add; beyond, a signed stranger could fill the memory one name at a time."""


class RepositoryMap:
    """Finds the repository that a delivery is about. Case-insensitive, as GitHub is."""

    def __init__(self, patterns: Iterable[RepositoryPattern], github_host: str) -> None:
        self._host = github_host
        self._by_slug: dict[str, Repository] = {}
        self._slug_by_name: dict[str, str] = {}
        self._slug_by_id: dict[int, str] = {}
        patterns = list(dict.fromkeys(patterns))
        self._wildcards = [pattern for pattern in patterns if pattern.wildcard]
        named = [pattern for pattern in patterns if not pattern.wildcard]
        shared = Counter(pattern.name.lower() for pattern in named if pattern.slug is None)
        # Those with a slug of their own first: it is theirs, whoever else would have got it by default.
        for pattern in sorted(named, key=lambda pattern: pattern.slug is None):
            wanted = pattern.slug or (pattern.name if shared[pattern.name.lower()] == 1 else None)
            self._add(pattern.owner, pattern.name, wanted)

    def all(self) -> list[Repository]:
        """Every repository on the board, by slug."""
        return [self._by_slug[slug] for slug in sorted(self._by_slug)]

    def find(self, slug: str) -> Repository | None:
        """The repository with this slug."""
        return self._by_slug.get(slug.lower())

    def resolve(self, fields: RepositoryFields) -> Repository | None:
        """The repository that GitHub means, with its present name; nothing if it is not on the board."""
        owner, _, name = fields.full_name.partition("/")
        slug = self._slug_by_id.get(fields.id) if fields.id is not None else None
        slug = slug or self._slug_by_name.get(fields.full_name.lower())
        if slug is None:
            if not self._admits(owner, name) or len(self._by_slug) >= MAX_DISCOVERED:
                return None
            slug = self._add(owner, name, name)
        known = self._by_slug[slug]
        repository = Repository(
            slug=known.slug,
            full_name=fields.full_name,
            id=fields.id if fields.id is not None else known.id,
            html_url=safe_url(fields.html_url, self._host) or known.html_url,
            private=fields.private if fields.private is not None else known.private,
        )
        self.learn(repository)
        return repository

    def learn(self, repository: Repository) -> None:
        """Remember a repository as it was last seen."""
        slug = repository.slug.lower()
        self._by_slug[slug] = repository
        self._slug_by_name[repository.full_name.lower()] = slug
        if repository.id is not None:
            self._slug_by_id[repository.id] = slug

    def _admits(self, owner: str, name: str) -> bool:
        return any(
            pattern.owner.lower() in {"*", owner.lower()} and pattern.name.lower() in {"*", name.lower()}
            for pattern in self._wildcards
        )

    def _add(self, owner: str, name: str, wanted: str | None) -> str:
        slug = self._free_slug(owner, name, wanted)
        link = safe_url(f"https://{self._host}/{owner}/{name}", self._host)
        self.learn(Repository(slug=slug, full_name=f"{owner}/{name}", html_url=link))
        return slug.lower()

    def _free_slug(self, owner: str, name: str, wanted: str | None) -> str:
        """The slug wanted, else owner-name, else that with a number: `a-b/c` and `a/b-c` must not share one."""
        full = f"{owner}-{name}"
        candidates = [wanted, full, *(f"{full}-{number}" for number in range(2, MAX_DISCOVERED))]
        for candidate in candidates:
            slug = re.sub(r"^[^A-Za-z0-9]+", "", candidate or "")[:100]
            if SLUG.fullmatch(slug) and slug.lower() not in self._by_slug:
                return slug
        raise ValueError(f"no slug is free for {owner}/{name}")
