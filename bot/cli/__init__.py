"""The ``newsbot`` command."""
