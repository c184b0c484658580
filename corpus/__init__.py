"""The corpus: article files in many formats read into Articles, and those split into Passages."""
