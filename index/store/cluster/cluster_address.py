"""The address of an index in Milvus and PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from index.errors import IndexFailure

__all__ = ["EXAMPLE", "ClusterAddress"]

EXAMPLE = "milvus://host:19530/news?catalogue=postgresql://db/newsbot"
"""How an address is written."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PORT = 19530


@dataclass(frozen=True)
class ClusterAddress:
    """Where an index is kept.

    Attributes:
        milvus: HTTP address of Milvus.
        name: of the index, in both engines: letters, digits and underscores.
        catalogue: connection URL of PostgreSQL.
    """

    milvus: str
    name: str
    catalogue: str

    @classmethod
    def parse(cls, address: str) -> ClusterAddress:
        """Read an address such as ``EXAMPLE``; ``milvus+https`` asks Milvus over TLS.

        Raises:
            IndexFailure: a part is missing or misspelt, or there is a password in it.
        """
        try:
            parts = urlsplit(address)
            port = parts.port or _PORT
            options = parse_qs(parts.query, strict_parsing=True)
            (catalogue,) = options.pop("catalogue")
            database = urlsplit(catalogue)
        except (KeyError, ValueError) as error:
            raise _misspelt("it does not name one catalogue") from error
        if parts.password or database.password or "password=" in address:
            raise IndexFailure(
                "a password does not belong in the address of an index: PostgreSQL's is taken from "
                "PGPASSWORD or ~/.pgpass, Milvus's token from MILVUS_TOKEN"
            )
        name = parts.path.strip("/")
        if not _NAME.fullmatch(name):
            raise _misspelt("after the host comes a name of small letters, digits and _")
        if options or parts.username or parts.fragment or not parts.hostname:
            raise _misspelt("it has a part that newsbot does not know, or no host")
        if database.scheme not in ("postgresql", "postgres") or not database.path.strip("/"):
            raise _misspelt("the catalogue is a database of PostgreSQL")
        scheme = "https" if parts.scheme.endswith("https") else "http"
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(f"{scheme}://{host}:{port}", name, catalogue)


def _misspelt(cause: str) -> IndexFailure:
    return IndexFailure(f"not the address of an index: {cause}; it is written {EXAMPLE}")
