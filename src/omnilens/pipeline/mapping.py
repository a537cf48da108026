"""Which repositories are on the board, and under which slug.

Configured by name, but followed by GitHub's id: a repository keeps its slug when it is renamed or transferred.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from omnilens.github.payloads import RepositoryFields
from omnilens.model import Repository
from omnilens.pipeline.text import clean, safe_url
from omnilens.settings import SLUG, RepositoryPattern

MAX_NAMES = 10_000
"""Names of repositories that are remembered; one stranger who may sign must not fill the memory name by name."""


class RepositoryMap:
    """Finds the repository that a delivery is about. Case-insensitive, as GitHub is."""

    def __init__(self, patterns: Iterable[RepositoryPattern], github_host: str) -> None:
        self._host = github_host
        patterns = list(dict.fromkeys(patterns))
        self._wildcards = [pattern for pattern in patterns if pattern.wildcard]
        self._patterns = [pattern for pattern in patterns if not pattern.wildcard]
        self._by_slug: dict[str, Repository] = {}
        self._named: set[str] = set()
        self._added: set[str] = set()
        self._taken: set[str] = set()
        self._slug_by_name: dict[str, str] = {}
        self._slug_by_id: dict[int, str] = {}
        self.begin()

    def begin(self, added: Iterable[Repository] = (), former: Iterable[Repository] = ()) -> None:
        """Forget what was learnt. What the settings name is on the board, and what users have `added`.

        Those keep the slugs that they were added under, and so do the `former` ones, which nobody has on a list any
        more, for the sake of their history: whatever the settings name yields.
        """
        for part in (self._by_slug, self._named, self._added, self._taken, self._slug_by_name, self._slug_by_id):
            part.clear()
        for repository in former:
            self.keep_slug(repository)
        for repository in added:
            self.add(repository)
        shared = Counter(pattern.name.lower() for pattern in self._patterns if pattern.slug is None)
        # Those with a slug of their own first: it is theirs, whoever else would have got it by default.
        for pattern in sorted(self._patterns, key=lambda pattern: pattern.slug is None):
            full_name = f"{pattern.owner}/{pattern.name}"
            wanted = pattern.slug or (pattern.name if shared[pattern.name.lower()] == 1 else None)
            slug = self._slug_by_name.get(full_name.lower()) or self._reserve(pattern.owner, pattern.name, wanted)
            self._named.add(slug.lower())
            if slug.lower() not in self._by_slug:
                html_url = f"https://{self._host}/{full_name}"
                self.learn(Repository(slug=slug, full_name=full_name, html_url=html_url))

    def all(self) -> list[Repository]:
        """Every repository on the board, by slug."""
        return [self._by_slug[slug] for slug in sorted(self._by_slug)]

    def find(self, slug: str) -> Repository | None:
        """The repository with this slug."""
        return self._by_slug.get(slug.lower())

    def added(self) -> list[Repository]:
        """Those that users have added."""
        return [self._by_slug[slug] for slug in sorted(self._added)]

    def names(self, slug: str) -> bool:
        """Whether the settings name it, rather than let it in, or users have added it."""
        return slug.lower() in self._named

    def lets_in(self, repository: Repository) -> bool:
        """Whether the settings name it, or let it in, whoever has added it."""
        return self.names(repository.slug) or self._admits(*repository.full_name.split("/", 1))

    def resolve(self, fields: RepositoryFields) -> Repository | None:
        """The repository that GitHub means, with its present name; nothing if it is not on the board.

        A name that only a wildcard admits gets its slug here, but is on the board no sooner than it is learnt.
        """
        slug = self._slug_by_id.get(fields.id) if fields.id is not None else None
        slug = slug or self._slug_by_name.get(fields.full_name.lower(), "")
        known = self._by_slug.get(slug.lower())
        if known and fields.full_name == known.full_name and fields.id == known.id:
            same_link = fields.html_url is None or fields.html_url == known.html_url
            same_branch = fields.default_branch is None or fields.default_branch == known.default_branch
            if same_link and same_branch and (fields.private is None or fields.private == known.private):
                return known  # nothing new, as nearly always: one value serves all its changes
        if known is None:
            owner, _, name = fields.full_name.partition("/")
            if not self._admits(owner, name) or (not slug and len(self._slug_by_name) >= MAX_NAMES):
                return None
            slug = slug or self._reserve(owner, name, name)
        return Repository(
            slug=slug,
            full_name=fields.full_name,
            id=fields.id if fields.id is not None or known is None else known.id,
            html_url=safe_url(fields.html_url, self._host) or (known.html_url if known else None),
            private=fields.private if fields.private is not None or known is None else known.private,
            default_branch=clean(fields.default_branch) or (known.default_branch if known else None),
        )

    def admit(self, repository: Repository) -> bool:
        """Whether a repository that was on the board still may be, as it is learnt then: it may have been taken off."""
        known = self._by_slug.get(repository.slug.lower())
        if known is repository:
            return True
        if known is None and not self._admits(*repository.full_name.split("/", 1)):
            self.keep_slug(repository)  # under which it has a history that is nobody else's
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

    def proposed(self, fields: RepositoryFields) -> Repository:
        """What a repository would be on the board: as it is there, or with the slug that it had, or gets when added."""
        slug = self._slug_by_id.get(fields.id) if fields.id is not None else None
        slug = slug or self._slug_of_name(fields)
        if slug and (known := self._by_slug.get(slug.lower())):
            return known
        owner, _, name = fields.full_name.partition("/")
        return Repository(
            slug=slug or self._free_slug(owner, name, name),
            full_name=fields.full_name,
            id=fields.id,
            html_url=safe_url(fields.html_url, self._host) or f"https://{self._host}/{fields.full_name}",
            private=fields.private,
            default_branch=clean(fields.default_branch) or None,
        )

    def add(self, repository: Repository) -> None:
        """Put a repository on the board that users have added, under the slug that was decided then."""
        self._added.add(repository.slug.lower())
        known = self._by_slug.get(repository.slug.lower())
        if known and not self._is(repository, known):
            # A wildcard has let it in here while another server gave its slug away: it gets another one.
            self._slug_by_name.pop(known.full_name.lower(), None)
            self._slug_by_id.pop(known.id or 0, None)
            known = None
        if known is None:  # else deliveries have told more of it
            self.learn(repository)

    def leave(self, slug: str) -> None:
        """Take off the board what users had added, unless the settings let it in. Its slug stays its own."""
        known = self._by_slug.get(slug.lower())
        self._added.discard(slug.lower())
        if known and not self.lets_in(known):
            del self._by_slug[slug.lower()]

    def keep_slug(self, repository: Repository) -> None:
        """See to it that a repository that is not on the board has its slug for itself, if it ever comes back."""
        self._taken.add(repository.slug.lower())
        self._slug_by_name.setdefault(repository.full_name.lower(), repository.slug)
        if repository.id is not None:
            self._slug_by_id.setdefault(repository.id, repository.slug)

    def _admits(self, owner: str, name: str) -> bool:
        return any(
            pattern.owner.lower() in {"*", owner.lower()} and pattern.name.lower() in {"*", name.lower()}
            for pattern in self._wildcards
        )

    def _is(self, repository: Repository, known: Repository) -> bool:
        if repository.id is not None and known.id is not None:
            return repository.id == known.id
        return self._slug_by_name.get(repository.full_name.lower()) == known.slug

    def _slug_of_name(self, fields: RepositoryFields) -> str | None:
        """The slug of a name, unless it is the former name of another repository."""
        slug = self._slug_by_name.get(fields.full_name.lower())
        known = self._by_slug.get(slug.lower()) if slug else None
        if known is None or known.full_name.lower() == fields.full_name.lower():
            return slug
        return slug if fields.id is None or known.id is None else None

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
