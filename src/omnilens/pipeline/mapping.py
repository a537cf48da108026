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

MAX_NAMES = 10_000
"""Names of repositories that are remembered; one stranger who may sign must not fill the memory name by name."""


class RepositoryMap:
    """Finds the repository that a delivery is about. Case-insensitive, as GitHub is."""

    def __init__(self, patterns: Iterable[RepositoryPattern], github_host: str) -> None:
        self._host = github_host
        self._by_slug: dict[str, Repository] = {}
        self._taken: set[str] = set()
        self._slug_by_name: dict[str, str] = {}
        self._slug_by_id: dict[int, str] = {}
        patterns = list(dict.fromkeys(patterns))
        self._wildcards = [pattern for pattern in patterns if pattern.wildcard]
        named = [pattern for pattern in patterns if not pattern.wildcard]
        shared = Counter(pattern.name.lower() for pattern in named if pattern.slug is None)
        # Those with a slug of their own first: it is theirs, whoever else would have got it by default.
        for pattern in sorted(named, key=lambda pattern: pattern.slug is None):
            wanted = pattern.slug or (pattern.name if shared[pattern.name.lower()] == 1 else None)
            slug = self._reserve(pattern.owner, pattern.name, wanted)
            full_name = f"{pattern.owner}/{pattern.name}"
            self.learn(Repository(slug=slug, full_name=full_name, html_url=f"https://{github_host}/{full_name}"))

    def all(self) -> list[Repository]:
        """Every repository on the board, by slug."""
        return [self._by_slug[slug] for slug in sorted(self._by_slug)]

    def find(self, slug: str) -> Repository | None:
        """The repository with this slug."""
        return self._by_slug.get(slug.lower())

    def resolve(self, fields: RepositoryFields) -> Repository | None:
        """The repository that GitHub means, with its present name; nothing if it is not on the board.

        A name that only a wildcard admits gets its slug here, but is on the board no sooner than it is learnt.
        """
        owner, _, name = fields.full_name.partition("/")
        slug = self._slug_by_id.get(fields.id) if fields.id is not None else None
        slug = slug or self._slug_by_name.get(fields.full_name.lower())
        if slug is None:
            if not self._admits(owner, name) or len(self._slug_by_name) >= MAX_NAMES:
                return None
            slug = self._reserve(owner, name, name)
        known = self._by_slug.get(slug.lower())
        if known and fields.full_name == known.full_name and fields.id == known.id:
            same_link = fields.html_url is None or fields.html_url == known.html_url
            if same_link and (fields.private is None or fields.private == known.private):
                return known  # nothing new, as nearly always: one value serves all its changes
        return Repository(
            slug=slug,
            full_name=fields.full_name,
            id=fields.id if fields.id is not None or known is None else known.id,
            html_url=safe_url(fields.html_url, self._host) or (known.html_url if known else None),
            private=fields.private if fields.private is not None or known is None else known.private,
        )

    def admit(self, repository: Repository) -> bool:
        """Whether a repository that was on the board still may be, as it is learnt then: it may have been taken off."""
        known = self._by_slug.get(repository.slug.lower())
        if known is repository:
            return True
        if known is None and not self._admits(*repository.full_name.split("/", 1)):
            return False
        self.learn(repository)
        return True

    def learn(self, repository: Repository) -> None:
        """Put a repository on the board, or remember it as it was last seen."""
        if self._by_slug.get(repository.slug.lower()) == repository:
            return
        self._taken.add(repository.slug.lower())
        self._by_slug[repository.slug.lower()] = repository
        self._slug_by_name[repository.full_name.lower()] = repository.slug
        if repository.id is not None:
            self._slug_by_id[repository.id] = repository.slug

    def _admits(self, owner: str, name: str) -> bool:
        return any(
            pattern.owner.lower() in {"*", owner.lower()} and pattern.name.lower() in {"*", name.lower()}
            for pattern in self._wildcards
        )

    def _reserve(self, owner: str, name: str, wanted: str | None) -> str:
        slug = self._free_slug(owner, name, wanted)
        self._taken.add(slug.lower())
        self._slug_by_name[f"{owner}/{name}".lower()] = slug
        return slug

    def _free_slug(self, owner: str, name: str, wanted: str | None) -> str:
        """The slug wanted, else owner-name, else that with a number: `a-b/c` and `a/b-c` must not share one."""
        full = f"{owner}-{name}"
        candidates = [wanted, full, *(f"{full}-{number}" for number in range(2, MAX_NAMES))]
        for candidate in candidates:
            slug = re.sub(r"^[^A-Za-z0-9]+", "", candidate or "")[:100]
            if SLUG.fullmatch(slug) and slug.lower() not in self._taken:
                return slug
        raise ValueError(f"no slug is free for {owner}/{name}")
