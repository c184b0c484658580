"""``python -m bot.cli``, the same as the command ``newsbot``."""

import sys

from bot.cli.main import main

sys.exit(main())
