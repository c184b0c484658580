"""Changes of the index that visitors make, and what they bring."""

__all__: list[str] = []
