"""A generation in PostgreSQL and Milvus being made: visible to nobody until it is committed."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from corpus.article import Article, Passage
from corpus.dates import local_seconds
from corpus.splitter import SplitterSettings
from index.errors import IndexFailure
from index.names.records import ArticleName
from index.store import history
from index.store.cluster.cluster_names import NAME_KEYS, insert_names, name_keys
from index.store.cluster.ledger import VectorLedger
from index.store.cluster.manifest import ClusterManifest
from index.store.cluster.milvus import ARTICLES, PASSAGES, MilvusCollections, milvus_row
from index.store.cluster.postgres import SqlSession, storable
from index.store.cluster.purging import Purge
from index.store.duplicates import DuplicateTable
from index.store.protocols import ArticleVersion, IndexedArticle, Published
from index.store.rows import (
    ARTICLE_COLUMNS,
    ARTICLE_FIELDS,
    article_values,
    passage_of,
    whole_article,
)
from index.terms import indexed_text, stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ClusterWriter"]

# What the tables of copies are made from: the articles as they will be published.
_LIVE = "SELECT number, id, hash FROM article_rows WHERE died IS NULL"
_GROUPS = (
    """CREATE TEMP TABLE grouped ON COMMIT DROP AS
    SELECT s.article_id, o.article_id AS original, s.moment FROM signatures AS s
    JOIN signatures AS o ON o.number = s.original WHERE s.original IN
    (SELECT original FROM signatures GROUP BY original HAVING count(*) > 1)""",
    """UPDATE groups AS g SET died = ? WHERE g.died IS NULL AND NOT EXISTS
    (SELECT 1 FROM grouped AS n WHERE (n.article_id, n.original, n.moment)
    = (g.article_id, g.original, g.moment))""",
    """INSERT INTO groups SELECT n.article_id, n.original, n.moment, ? FROM grouped AS n
    WHERE NOT EXISTS
    (SELECT 1 FROM groups AS g WHERE g.died IS NULL AND g.article_id = n.article_id)""",
)
_OVER = """UPDATE versions SET died = ? WHERE number IN (
    SELECT number FROM (
        SELECT number, row_number() OVER newest AS place, sum(length(text)) OVER newest AS size
        FROM versions WHERE article_id = ? AND died IS NULL
        WINDOW newest AS (ORDER BY number DESC)
    ) AS kept WHERE place > ? OR size > ?)"""


class ClusterWriter:
    """The next generation, in one transaction of PostgreSQL. The writer's lock must be held.

    What it gives to Milvus has ids that no reader can resolve before that transaction is committed.
    What a build that was stopped has left there goes when the next one begins.
    """

    def __init__(
        self,
        session: SqlSession,
        ledger: SqlSession,
        collections: Callable[[str], MilvusCollections],
        before: tuple[int, str, ClusterManifest] | None,
    ) -> None:
        """Begin from a generation, or with nothing.

        Args:
            session: a transaction of its own.
            ledger: a session that commits each statement.
            collections: opens those of a name.
            before: number, name and manifest of the current generation.
        """
        self.manifest = before and before[2]
        self._before = before
        self._number = (before[0] if before else 0) + 1
        self._session = session
        self._committing = ledger
        self._ledger = VectorLedger(ledger)
        self._open = collections
        self._purge = Purge(ledger, collections, self._number)
        session.run(f"CREATE TEMP VIEW articles AS {_LIVE}")
        self._last_before = self._last("passages", "id")
        self._created = False
        if self.manifest is None:
            self.start_over()
        else:
            self._name(self.manifest.collection)

    def start_over(self) -> None:
        """Take over no vectors: every article is put again, for another model or splitter.

        The new collections stand beside the old ones, in which the current generation is searched.
        """
        ((schema,),) = self.run("SELECT current_schema()")
        self._name(f"{schema}_{secrets.token_hex(4)}")

    def _name(self, collection: str) -> None:
        self._collection = collection
        self._collections = self._open(collection)

    # -- what was there --------------------------------------------------------------------------

    def known(self, article_ids: Iterable[str]) -> dict[str, IndexedArticle]:
        """Return the hash and source path that articles had before; unknown ids are left out."""
        rows = self._session.run(
            "SELECT id, hash, source_path FROM article_rows "
            "WHERE id = ANY(?) AND born < ? AND (died IS NULL OR died = ?)",
            (list(filter(storable, article_ids)), self._number, self._number),
        )
        return {row[0]: IndexedArticle(*row[1:]) for row in rows}

    def source_paths(self) -> Iterator[tuple[str, str]]:
        """Return the id and source path of every article that was there before."""
        after = ""
        while True:
            rows = self._session.run(
                "SELECT id, source_path FROM article_rows WHERE id > ? AND born < ? "
                "AND (died IS NULL OR died = ?) ORDER BY id LIMIT 10000",
                (after, self._number, self._number),
            )
            yield from rows
            if not rows:
                return
            after = rows[-1][0]

    def unchanged(self) -> Published:
        """Return what the generation that it began from holds."""
        if self._before is None:
            return Published()
        _, name, manifest = self._before
        return Published(name, manifest.articles, manifest.passages, manifest.copies)

    # -- what will be ----------------------------------------------------------------------------

    def article(self, article_id: str) -> Article | None:
        """Return an article as it would be published now."""
        rows = self.run(
            f"SELECT {ARTICLE_FIELDS} FROM article_rows WHERE id = ? AND died IS NULL",
            (article_id,),
        )
        return whole_article(rows[0], "PostgreSQL") if rows else None

    def put(self, article: Article, source_path: str, passages: Sequence[Passage]) -> None:
        """Insert an article with its passages, in place of what its id had before."""
        self.delete([article.id])
        ((number,),) = self.run(
            f"INSERT INTO article_rows ({ARTICLE_COLUMNS}, born) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (*article_values(article, source_path), self._number),
        )
        self._session.run_many(
            'INSERT INTO passages (article, number, start, "end", sentences) '
            "VALUES (?, ?, ?, ?, ?)",
            [
                (number, one.number, one.start, one.end, json.dumps(one.sentences))
                for one in passages
            ],
        )

    def put_names(self, article_id: str, names: Sequence[ArticleName]) -> None:
        """Insert the names of an article that has been put, before its passages are embedded."""
        insert_names(self._session, article_id, names)

    def move(self, article_id: str, source_path: str) -> None:
        """Note that an article comes from another file now."""
        self.run(
            "UPDATE article_rows SET source_path = ? WHERE id = ? AND died IS NULL",
            (source_path, article_id),
        )

    def delete(self, article_ids: Iterable[str]) -> None:
        """Delete articles and their passages; unknown ids are passed over."""
        ids = list(article_ids)
        self.run("DELETE FROM article_rows WHERE id = ANY(?) AND born = ?", (ids, self._number))
        self.run(
            "UPDATE article_rows SET died = ? WHERE id = ANY(?) AND died IS NULL",
            (self._number, ids),
        )

    def replace_versions(self, article_id: str, versions: Iterable[ArticleVersion]) -> None:
        """Keep these earlier versions of an article, the oldest first, and no others."""
        self._forget_versions([article_id])
        self._session.run_many(
            "INSERT INTO versions (article_id, born, title, text, published, updated, replaced) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(article_id, self._number, *astuple(version)) for version in versions],
        )

    def passages_written(self) -> int:
        """Count the passages that have been put."""
        ((count,),) = self.run(
            "SELECT count(*) FROM passages AS p JOIN article_rows AS a ON a.number = p.article "
            "WHERE a.born = ?",
            (self._number,),
        )
        return int(count)

    def written(self) -> Iterator[tuple[Article, Sequence[tuple[int, Passage]]]]:
        """Return the articles that have been put, each with its passages by id."""
        for _, article, passages in self._articles("born = ?"):
            yield article, passages

    def kept_vectors(self, fingerprint: str, dimension: int) -> VectorLedger:
        """Open the vectors that a build which was stopped has left, and go on with them."""
        self._ledger.open(fingerprint, dimension)
        return self._ledger

    def embed(self, passage_ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Give new passages with their vectors to Milvus."""
        self._create(vectors.shape[1])
        rows = self.run(
            "SELECT p.id, a.id, a.source, a.epoch, a.title, substr(a.text, p.start + 1, "
            f'p."end" - p.start), {NAME_KEYS} FROM passages AS p '
            "JOIN article_rows AS a ON a.number = p.article "
            "WHERE p.id = ANY(?)",
            (list(passage_ids),),
        )
        vector_of = dict(zip(passage_ids, vectors, strict=True))
        self._collections.insert(
            PASSAGES,
            (
                milvus_row(number, article_id, source, epoch, f"{title}\n{text}", names)
                | {"vector": vector_of[number].tolist()}
                for number, article_id, source, epoch, title, text, names in rows
            ),
        )

    def publish(
        self,
        model: tuple[str, str, int],
        splitter: SplitterSettings,
        replaced: Collection[str],
        removed: Collection[str],
        tell: Callable[[int, int], None],
    ) -> Published:
        """Bring words and copies in step, check that Milvus has it all, and commit: the switch."""
        self._create(model[2])
        self._keep_versions(replaced, removed)
        self._insert_articles()
        self._count_stems("born = ?", 1)
        self._count_stems("died = ?", -1)
        DuplicateTable(self).update(tell)
        copies = self._update_groups()
        written = self.passages_written()
        if (found := self._collections.count(PASSAGES, self._last_before)) != written:
            raise IndexFailure(
                f"Milvus has {found:,} of {written:,} new passages; nothing was published"
            )
        ((articles, passages),) = self.run(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages AS p "
            "JOIN articles AS a ON a.number = p.article)"
        )
        manifest = ClusterManifest(
            *model,
            splitter,
            articles,
            passages,
            copies,
            self._collection,
            self._last("article_rows", "number"),
            self._last("passages", "id"),
            datetime.now(UTC).isoformat(timespec="seconds"),
        )
        name = f"{self._number:08d}-{secrets.token_hex(4)}"
        self.run(
            "INSERT INTO generations (number, name, manifest) VALUES (?, ?, ?)",
            (self._number, name, manifest.dumps()),
        )
        self._session.commit()
        self._ledger.clear()
        self._purge.rows(self._collections)
        self._purge.collections(self._collection)
        return Published(name, articles, passages, copies)

    def run(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement of SQL in the transaction, and return its rows."""
        return self._session.run(statement, values)

    # -- parts of publishing ---------------------------------------------------------------------

    def _create(self, dimension: int) -> None:
        """Make the collections, and remove what a build that was stopped has left."""
        if self._created:
            return
        self._purge.collections(self._collection)
        self._committing.run(
            "INSERT INTO collections VALUES (?) ON CONFLICT DO NOTHING", (self._collection,)
        )
        self._collections.create(dimension)
        if self.manifest is not None:
            self._collections.delete_above(PASSAGES, self.manifest.last_passage)
            self._collections.delete_above(ARTICLES, self.manifest.last_article)
        self._created = True

    def _articles(
        self, condition: str
    ) -> Iterator[tuple[int, Article, Sequence[tuple[int, Passage]]]]:
        """Return the articles of this generation's number that meet a condition, by their ids."""
        numbers = self.run(
            f"SELECT number FROM article_rows WHERE {condition} ORDER BY id", (self._number,)
        )
        for (number,) in numbers:
            ((row),) = self.run(
                f"SELECT {ARTICLE_FIELDS} FROM article_rows WHERE number = ?", (number,)
            )
            article = whole_article(row, "PostgreSQL")
            rows = self.run(
                'SELECT id, number, start, "end", sentences FROM passages WHERE article = ? '
                "ORDER BY number",
                (number,),
            )
            yield number, article, [(one[0], passage_of(one[1:], article)) for one in rows]

    def _insert_articles(self) -> None:
        self._collections.insert(
            ARTICLES,
            (
                milvus_row(
                    number,
                    article.id,
                    article.source,
                    local_seconds(article.published),
                    f"{article.title}\n\n{article.text}",
                    name_keys(self._session, number),
                )
                for number, article, _ in self._articles("born = ?")
            ),
        )

    def _count_stems(self, condition: str, sign: int) -> None:
        """Add the passages of some articles to the frequency of each stem, or take them off."""
        counts: Counter[str] = Counter()
        for _, _, passages in self._articles(condition):
            for _, passage in passages:
                counts.update(set(stems(indexed_text(passage.text))))
        stems_counted = sorted(counts)
        self.run(
            "INSERT INTO frequencies SELECT * FROM unnest(?::text[], ?::bigint[]) "
            "ON CONFLICT (stem) DO UPDATE SET passages = frequencies.passages + excluded.passages",
            (stems_counted, [sign * counts[stem] for stem in stems_counted]),
        )

    def _keep_versions(self, replaced: Collection[str], removed: Collection[str]) -> None:
        """Keep articles as they were before this build replaced them; forget those removed."""
        self._forget_versions(removed)
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        for article_id in sorted(replaced):
            kept = self.run(
                "INSERT INTO versions "
                "(article_id, born, title, text, published, updated, replaced) "
                "SELECT old.id, ?, old.title, old.text, old.published, old.updated, ? "
                "FROM article_rows AS old JOIN article_rows AS new ON new.id = old.id "
                "WHERE old.id = ? AND old.born < ? AND old.died = ? AND new.died IS NULL "
                "AND (old.title, old.text) != (new.title, new.text) RETURNING number",
                (self._number, moment, article_id, self._number, self._number),
            )
            if kept:
                most = history.MOST_VERSIONS, history.MOST_CHARACTERS
                self.run(_OVER, (self._number, article_id, *most))

    def _forget_versions(self, article_ids: Collection[str]) -> None:
        self.run(
            "UPDATE versions SET died = ? WHERE article_id = ANY(?) AND died IS NULL",
            (self._number, list(article_ids)),
        )

    def _update_groups(self) -> int:
        """Bring the groups of copies in step with the table of signatures; count the copies."""
        made, ended, begun = _GROUPS
        self.run(made)
        self.run(ended, (self._number,))
        self.run(begun, (self._number,))
        ((copies,),) = self.run(
            "SELECT count(*) FROM groups WHERE died IS NULL AND article_id != original"
        )
        return int(copies)

    def _last(self, table: str, column: str) -> int:
        """Return the highest number that a column has had, those undone included."""
        ((last,),) = self.run(
            "SELECT coalesce(pg_sequence_last_value("
            f"pg_get_serial_sequence('{table}', '{column}')::regclass), 0)"
        )
        return int(last)
