"""The chat page. Importing this package costs nothing; ``bot.chat.page`` imports Gradio."""

from __future__ import annotations

import os

# Here, because it must be set before any module of this package imports Gradio: Gradio reads it
# once, and without it reports its start to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

__all__: list[str] = []
