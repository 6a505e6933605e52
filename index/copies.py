"""Which articles are copies of each other: a text kept twice, an agency's story printed by several outlets.

Copies are kept, and linked: those of one story share its name in the catalogue. Candidates are found by
MinHash (rensa) and an index of bands of it, so that an added article costs what is like it and not the size
of the library; what is really alike is decided by the texts (wording.py). A story outlives the article it was
printed from: whoever is linked stays so until the own text changes.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from index.article import Article, Filters
from index.batches import batched
from index.filtering import listed, narrowed
from index.state import set_state
from index.tables import ArticleInfo, articles, bands, copies, info_of, signatures, versions
from index.wording import COPIED, SHINGLE, Wording, shingles_of, words_of

if TYPE_CHECKING:
    from index.catalog import Catalog

_BANDS, _ROWS = 42, 3
"""Texts that overlap by .45 share one of 42 bands of 3 values with a probability of .98, by .6 of .9999."""
_VALUES = _BANDS * _ROWS
_SLACK = 0.13
"""Three standard errors of an overlap that is estimated by 126 values."""
_OF_A_BAND = 50
"""Articles looked at that share one band: where there are more, they are of one story or of one form."""
_COMPARED = 12
"""Articles whose texts are compared, the most alike first."""
_OF_A_STORY = 5
"""Of a story, so many must not contradict who joins it."""
_COMPARED_CHARS = 200_000
"""Of a text, so much is compared, so that a book takes no more memory than a long report."""
_IN_BATCH = 200
_SHARING = " UNION ALL ".join(
    [f"SELECT number FROM (SELECT number FROM bands WHERE band = ? ORDER BY number LIMIT {_OF_A_BAND})"]
    * _BANDS
)
"""Numbers of the articles that share a band, given all bands; a number as often as it shares one."""

Digest = npt.NDArray[np.uint32]


def link(connection: sa.Connection, article: Article) -> str | None:
    """Find what a live article is a copy of, and link the two; again only when its text is another.

    It joins the story of the article whose text has most in common with its own.

    Returns:
        That article; None where there is none, or nothing was looked for.
    """
    signed = connection.execute(
        sa.select(signatures.c.version).where(signatures.c.article_id == article.article_id)
    ).scalar()
    if signed == article.version:
        return None
    unlink(connection, article.article_id)
    digest = _digest(article.text[:_COMPARED_CHARS])
    found = _candidates(connection, digest)
    number = connection.execute(
        signatures.insert().values(
            article_id=article.article_id, version=article.version, digest=digest.astype("<u4").tobytes()
        )
    ).inserted_primary_key[0]  # type: ignore[index]
    connection.execute(bands.insert(), [{"band": band, "number": number} for band in _bands(digest)])
    other = _original(connection, article, found)
    if other is None:
        return None
    story = _story_of(connection, other)
    if story is None:
        story = min(article.version, _version_of(connection, other))
        connection.execute(copies.insert().values(article_id=other, story=story))
    connection.execute(copies.insert().values(article_id=article.article_id, story=story))
    return other


def unlink(connection: sa.Connection, article_id: str) -> None:
    """Forget what an article is a copy of; its copies stay linked among themselves."""
    row = connection.execute(
        sa.select(signatures.c.number, signatures.c.digest).where(signatures.c.article_id == article_id)
    ).first()
    if row is not None:
        for some in batched(_bands(np.frombuffer(row.digest, "<u4")), _IN_BATCH):
            connection.execute(bands.delete().where(bands.c.band.in_(some), bands.c.number == row.number))
        connection.execute(signatures.delete().where(signatures.c.number == row.number))
    story = _story_of(connection, article_id)
    if story is not None:
        connection.execute(copies.delete().where(copies.c.article_id == article_id))
        left = sa.select(sa.func.count()).select_from(copies).where(copies.c.story == story)
        if connection.scalar(left) == 1:
            connection.execute(copies.delete().where(copies.c.story == story))


def complete(catalog: Catalog, notice: Callable[[str], None]) -> None:
    """Link the articles of a library that was made before there were links, or by another MinHash.

    A batch at a time, by id: interrupted, it goes on where it was. Call it under the writer lock.
    """
    if catalog.state("signatures") == _method():
        return
    if catalog.state("signatures") is not None:
        with catalog.writing() as connection:
            for table in (bands, signatures, copies):
                connection.execute(table.delete())
            set_state(connection, {"signatures": None})
    lacking = _lacking(catalog)
    if lacking:
        notice(f"Looking for copies among {catalog.article_count():,} articles, once …")
    for some in batched(lacking, _IN_BATCH):
        with catalog.writing() as connection:
            for article_id in some:
                article = _live(connection, article_id)
                if article is not None:
                    link(connection, article)
    catalog.set_state({"signatures": _method()})


def start(connection: sa.Connection) -> None:
    """Note of a new catalogue that all its articles are linked: it has none."""
    set_state(connection, {"signatures": _method()})


# What is linked


def stories(connection: sa.Connection, article_ids: Iterable[str]) -> dict[str, str]:
    """Article -> the name of its story; those without copies are left out."""
    found: dict[str, str] = {}
    for some in batched(article_ids, _IN_BATCH):
        query = sa.select(copies.c.article_id, copies.c.story).where(copies.c.article_id.in_(some))
        found.update((row.article_id, row.story) for row in connection.execute(query))
    return found


def printings(connection: sa.Connection, story: str, filters: Filters, most: int) -> list[ArticleInfo]:
    """The articles of a story that pass, the first printed first: by date, those without one last, by id."""
    query = narrowed(
        articles.select().join(copies, copies.c.article_id == articles.c.article_id), filters
    ).where(copies.c.story == story)
    rows = connection.execute(
        query.order_by(articles.c.published.is_(None), articles.c.published, articles.c.article_id)
    )
    is_listed = listed(filters)
    passing = (info for info in map(info_of, rows) if is_listed(info.article_id))
    return [info for info, _ in zip(passing, range(most), strict=False)]


# MinHash


@cache
def _method() -> str:
    """What digests depend on: those of another method cannot be compared with these."""
    import rensa

    return f"rensa {rensa.RMinHash.ALGORITHM_VERSION}, {SHINGLE} words, {_BANDS} x {_ROWS}"


def _digest(text: str) -> Digest:
    import rensa

    made = rensa.RMinHash(num_perm=_VALUES, seed=1)
    made.update(list(shingles_of(words_of(text))))
    return np.array(made.digest(), dtype=np.uint32)


def _bands(digest: Digest) -> list[int]:
    """Whole numbers of 64 bits, one for each few values and their place."""
    values = digest.astype("<u4").tobytes()
    width = 4 * _ROWS
    return [
        struct.unpack("<q", hashlib.blake2b(values[n : n + width], digest_size=8, salt=_salt(n)).digest())[0]
        for n in range(0, len(values), width)
    ]


def _salt(place: int) -> bytes:
    return place.to_bytes(4, "little")


# Candidates


def _candidates(connection: sa.Connection, digest: Digest) -> list[str]:
    """The articles whose digests are most like this one, best first, ties by id."""
    # One statement, written out beforehand: putting 42 together took most of the time of linking an article.
    found = connection.exec_driver_sql(_SHARING, tuple(_bands(digest)))
    shared = Counter(number for (number,) in found)
    likeness: list[tuple[float, str]] = []
    for some in batched(sorted(shared), _IN_BATCH):
        query = sa.select(signatures.c.article_id, signatures.c.digest).where(signatures.c.number.in_(some))
        for row in connection.execute(query):
            estimated = float(np.mean(np.frombuffer(row.digest, "<u4") == digest))
            if estimated >= COPIED - _SLACK:
                likeness.append((-estimated, row.article_id))
    return [article_id for _, article_id in sorted(likeness)[:_COMPARED]]


def _original(connection: sa.Connection, article: Article, candidates: Sequence[str]) -> str | None:
    """The one of the candidates that the article is a copy of, if there is any: the most alike."""
    if not candidates:
        return None
    own = Wording(article.text[:_COMPARED_CHARS])
    alike: list[tuple[float, str]] = []
    for other in candidates:
        if _version_of(connection, other) == article.version:
            alike.append((-1.0, other))
            continue
        their = Wording(_text_of(connection, other))
        if their.is_copy_of(own):
            alike.append((-own.overlap(their), other))
    for _, other in sorted(alike):
        if not any(own.contradicts(Wording(text)) for text in _others(connection, other, article.version)):
            return other
    return None


def _others(connection: sa.Connection, article_id: str, version: str) -> Iterator[str]:
    """Other texts of an article's story: what joins it must not correct them."""
    story = _story_of(connection, article_id)
    members = sa.select(copies.c.article_id).where(copies.c.story == story, copies.c.article_id != article_id)
    for member in connection.scalars(members.order_by(copies.c.article_id).limit(_OF_A_STORY)).all():
        if _version_of(connection, member) != version:
            yield _text_of(connection, member)


def _story_of(connection: sa.Connection, article_id: str) -> str | None:
    return stories(connection, [article_id]).get(article_id)


def _version_of(connection: sa.Connection, article_id: str) -> str:
    query = sa.select(articles.c.version).where(articles.c.article_id == article_id)
    return str(connection.scalar(query))


def _text_of(connection: sa.Connection, article_id: str) -> str:
    return str(connection.scalar(_live_texts().where(articles.c.article_id == article_id)))


def _live_texts() -> sa.Select[tuple[str]]:
    same = sa.and_(articles.c.article_id == versions.c.article_id, articles.c.version == versions.c.version)
    return sa.select(sa.func.substr(versions.c.text, 1, _COMPARED_CHARS).label("text")).join(articles, same)


def _live(connection: sa.Connection, article_id: str) -> Article | None:
    query = _live_texts().add_columns(articles.c.version, articles.c.title)
    row = connection.execute(query.where(articles.c.article_id == article_id)).first()
    if row is None:
        return None
    return Article(article_id=article_id, text=row.text, title=row.title or "", version=row.version)


def _lacking(catalog: Catalog) -> list[str]:
    signed = sa.select(signatures.c.article_id).where(signatures.c.article_id == articles.c.article_id)
    query = sa.select(articles.c.article_id).where(~sa.exists(signed)).order_by(articles.c.article_id)
    with catalog.reading() as connection:
        return list(connection.scalars(query))
