"""Keeps API keys out of our own log, wherever somebody put one: an address, a message, a traceback.

No Django here: the settings use it while they are made.
"""

import re
from typing import Any

# A key as services/api_keys.py makes them. The part in front names the key and may be read; the rest is the secret.
_KEY = re.compile(r"bo_([A-Za-z0-9]{10})_[A-Za-z0-9]{43}")


def without_keys(text: str) -> str:
    """The text with the secret part of every API key in it taken out."""
    return _KEY.sub(r"bo_\1_…", text)


def mask_line(logger: Any, method: str, line: str) -> str:
    """The last processor of a log line: what was rendered, without secrets."""
    return without_keys(line)
