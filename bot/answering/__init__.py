"""From what a search found to an Answer."""
