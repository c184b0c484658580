"""Pure functions from answers and articles to escaped HTML."""
