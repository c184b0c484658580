"""``python -m bot.cli``, the same as the command ``newsbot``."""

from bot.cli.main import main

main()
