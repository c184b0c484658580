"""How a reader is made; nothing of the product imports this."""
