"""What a user meant by a version or an id, and what to say when there is no such thing."""

from __future__ import annotations

import difflib

from index.catalog import Catalog
from index.errors import UsageError

_SHORTEST_PREFIX = 12


def named_version(catalog: Catalog, article_id: str, prefix: str) -> str:
    """The one version of an article whose hash starts so.

    Raises:
        UsageError: there is none, or the prefix is too short to be sure.
    """
    known = catalog.version_hashes(article_id)
    long_enough = len(prefix) >= _SHORTEST_PREFIX
    fitting = [each for each in known if long_enough and each.startswith(prefix.lower())]
    if len(fitting) != 1:
        raise UsageError(
            f"{article_id!r} has no version {prefix!r}",
            hint="its versions: " + ", ".join(each[:_SHORTEST_PREFIX] for each in known),
        )
    return fitting[0]


def unknown_article(catalog: Catalog, article_id: str) -> UsageError:
    """The error for an id that is not there, naming ids that are like it."""
    close = difflib.get_close_matches(article_id, catalog.article_ids(), n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(map(repr, close))}?" if close else "citewell list shows the ids"
    return UsageError(f"there is no article {article_id!r} in this library", hint=hint)
