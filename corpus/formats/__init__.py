"""A module for each format of article files, with ``parse`` in each."""
