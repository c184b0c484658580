"""Changes of the index that visitors make, and what they upload."""
