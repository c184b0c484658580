"""Which articles are copies of which, kept beside the catalogue and opened with it.

An article is an *original* or a copy of exactly one. In the order of their publication (the undated
last, then by id) each article becomes a copy of the first original before it that it is a copy of,
and where there is none an original itself. So every copy was compared with its original and no
chain of small changes leads from one text to another one; and the outcome hangs on the articles
alone, not on when each was added. (It is the greedy maximal independent set of the pairs.)

The tables are made of the articles and of nothing else: ``update`` brings them in step with
whatever the catalogue holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple, Protocol

from corpus.article import Article
from corpus.dates import epoch_seconds
from corpus.near_duplicates import SCHEME, DuplicateFinder
from corpus.shingles import Shingle

__all__ = ["MOST_COPIES", "DuplicateTable"]

MOST_COPIES = 50
"""Articles of a group that are named at the most, the earliest first."""

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS copied.signatures (
    number INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE, content TEXT NOT NULL,
    moment INTEGER NOT NULL, signature BLOB NOT NULL, original INTEGER)""",
    "CREATE INDEX IF NOT EXISTS copied.signatures_by_original ON signatures (original)",
    """CREATE TABLE IF NOT EXISTS copied.bands (
    band INTEGER NOT NULL, hash INTEGER NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (band, hash, number)) WITHOUT ROWID""",
)
_UNDATED = 2**62  # after every date


class _Row(NamedTuple):
    moment: int
    article_id: str
    number: int
    signature: bytes
    original: int | None

    @property
    def rank(self) -> tuple[int, str]:
        return self.moment, self.article_id

    @property
    def is_original(self) -> bool:
        return self.original == self.number


_FIELDS = "s.moment, s.article_id, s.number, s.signature, s.original"


def _any_of(bands: Sequence[int]) -> tuple[str, tuple[object, ...]]:
    """Return the test for one of a signature's bands, and its values: one statement for all."""
    values = tuple(value for band in enumerate(bands) for value in band)
    return " OR ".join(["(band = ? AND hash = ?)"] * len(bands)), values


class _Catalogue(Protocol):
    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]: ...

    def article(self, article_id: str) -> Article | None: ...


class DuplicateTable:
    """The tables of copies in a catalogue. Reading is safe from several threads."""

    def __init__(self, catalogue: _Catalogue) -> None:
        """Read the tables of a catalogue, which ``create`` has made."""
        self._catalogue = catalogue
        self._finder = DuplicateFinder()

    @classmethod
    def create(cls, catalogue: _Catalogue) -> DuplicateTable:
        """Make what tables are missing in a catalogue that is open for writing."""
        for statement in _SCHEMA:
            catalogue.run(statement)
        return cls(catalogue)

    # -- reading ---------------------------------------------------------------------------------

    def count(self) -> int:
        """Count the articles that are copies of another."""
        rows = self._catalogue.run("SELECT count(*) FROM signatures WHERE original != number")
        return int(rows[0][0])

    def group(self, article_id: str) -> tuple[str, ...]:
        """Return the ids of an article's original and its copies, with its own among them.

        Returns:
            The original first, then by publication, at most ``MOST_COPIES``; empty where the
            article has no copy.
        """
        rows = self._catalogue.run(
            "SELECT other.article_id FROM signatures AS own "
            "JOIN signatures AS other ON other.original = own.original "
            "WHERE own.article_id = ? ORDER BY other.moment, other.article_id LIMIT ?",
            (article_id, MOST_COPIES),
        )
        return tuple(row[0] for row in rows) if len(rows) > 1 else ()

    # -- writing ---------------------------------------------------------------------------------

    def update(self, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Bring the tables in step with the articles; only what is new or changed is compared.

        Args:
            tell: told how many of how many new and changed articles are done: of almost all that
                they are, once each has its signature, which is what takes long.
        """
        self._forget()
        signed = self._sign(tell)
        queue = [_Row(*row) for row in self._catalogue.run(
            f"SELECT {_FIELDS} FROM signatures AS s WHERE s.original IS NULL"
        )]  # fmt: skip
        heapify(queue)
        queued = {row.number for row in queue}
        while queue:
            # What is decided hangs on earlier articles alone, and touches later ones alone.
            row = heappop(queue)
            original = self._original_of(row)
            self._catalogue.run(
                "UPDATE signatures SET original = ? WHERE number = ?", (original, row.number)
            )
            for later in self._touched(row, original):
                if later.number not in queued and later.rank > row.rank:
                    queued.add(later.number)
                    heappush(queue, later)
        if signed:
            tell(signed, signed)

    def _forget(self) -> None:
        """Drop the articles that are no longer there as they were, and undo what hung on them."""
        run = self._catalogue.run
        changed = run(
            "SELECT article_id, content FROM signatures EXCEPT SELECT id, ? || hash FROM articles",
            (f"{SCHEME}:",),
        )
        for article_id, _ in changed:
            ((number, signature),) = run(
                "SELECT number, signature FROM signatures WHERE article_id = ?", (article_id,)
            )
            if bands := self._finder.bands(signature):
                test, values = _any_of(bands)
                run(f"DELETE FROM bands WHERE number = ? AND ({test})", (number, *values))
            run("DELETE FROM signatures WHERE number = ?", (number,))
        if changed:
            run(
                "UPDATE signatures SET original = NULL "
                "WHERE original NOT IN (SELECT number FROM signatures)"
            )

    def _sign(self, tell: Callable[[int, int], None]) -> int:
        """Write the signatures and bands of the articles that have none; return their number."""
        run = self._catalogue.run
        unsigned = run(
            "SELECT id FROM articles EXCEPT SELECT article_id FROM signatures ORDER BY id"
        )
        for done, (article_id,) in enumerate(unsigned):
            tell(done, len(unsigned))
            article = self._catalogue.article(article_id)
            if article is None:
                continue
            signature = self._finder.signature(Shingle([article.text]))
            moment = epoch_seconds(article.published)
            ((number,),) = run(
                "INSERT INTO signatures (article_id, content, moment, signature) "
                "VALUES (?, ?, ?, ?) RETURNING number",
                (
                    article_id,
                    f"{SCHEME}:{article.content_hash}",
                    _UNDATED if moment is None else moment,
                    signature,
                ),
            )
            if bands := self._finder.bands(signature):
                rows = [value for band in enumerate(bands) for value in (*band, number)]
                run(f"INSERT INTO bands VALUES {', '.join(['(?, ?, ?)'] * len(bands))}", (*rows,))
        return len(unsigned)

    def _original_of(self, row: _Row) -> int:
        """Find the first original before an article that it is a copy of, or itself."""
        wording: Shingle | None = None
        for other in sorted(self._sharing(row, "AND s.original = s.number")):
            if other.rank >= row.rank:
                break
            if self._finder.may_be_copies(row.signature, other.signature):
                wording = wording or self._wording(row)
                if self._finder.are_copies(wording, self._wording(other)):
                    return other.number
        return row.number

    def _touched(self, row: _Row, original: int) -> Iterable[_Row]:
        """Return what an article's becoming or ceasing to be an original may change."""
        if original == row.number and not row.is_original:
            for other in self._sharing(row):
                if other.original is not None and (
                    other.is_original or self._row(other.original).rank > row.rank
                ):
                    yield other
        elif original != row.number and row.is_original:
            for found in self._catalogue.run(
                f"SELECT {_FIELDS} FROM signatures AS s WHERE s.original = ?", (row.number,)
            ):
                yield _Row(*found)

    def _sharing(self, row: _Row, condition: str = "") -> set[_Row]:
        """Return the other articles that share a band with one."""
        if not (bands := self._finder.bands(row.signature)):
            return set()
        test, values = _any_of(bands)
        rows = self._catalogue.run(
            f"SELECT {_FIELDS} FROM bands JOIN signatures AS s USING (number) "
            f"WHERE ({test}) {condition}",
            values,
        )
        return {_Row(*found) for found in rows if found[2] != row.number}

    def _row(self, number: int) -> _Row:
        (found,) = self._catalogue.run(
            f"SELECT {_FIELDS} FROM signatures AS s WHERE s.number = ?", (number,)
        )
        return _Row(*found)

    def _wording(self, row: _Row) -> Shingle:
        article = self._catalogue.article(row.article_id)
        return Shingle([article.text] if article is not None else [])
