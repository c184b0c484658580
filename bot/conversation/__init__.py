"""Follow-up questions: whether a question stands by itself and, if not, what it says in full."""
