"""The store of several machines: PostgreSQL is the catalogue, Milvus finds passages (README.md)."""
