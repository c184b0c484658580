"""How a reader is made: ``bot.training.__main__`` has the recipe. The product does without it."""
