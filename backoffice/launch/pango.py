"""PDF needs pango, which no Python package brings along. Without it everything else works."""

import subprocess
import sys

# As WeasyPrint opens them. The last one it can do without today.
NEEDED = (
    ("libgobject-2.0.so.0", "libgobject-2.0.dylib", "libgobject-2.0.0.dylib"),
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0.0.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0.0.dylib"),
    ("libharfbuzz.so.0", "libharfbuzz.dylib", "libharfbuzz.0.dylib"),
    ("libfontconfig.so.1", "libfontconfig.dylib", "libfontconfig.1.dylib"),
)
DEBIAN = "apt-get install libpangoft2-1.0-0 libharfbuzz-subset0"
PROBE = """
import ctypes, sys
for names in {needed!r}:
    for name in names:
        try:
            ctypes.CDLL(name)
            break
        except OSError:
            continue
    else:
        sys.exit(1)
"""


def is_there() -> bool:
    """Whether documents can become PDF on this machine. Asked in a child: the libraries are large."""
    probe = PROBE.format(needed=NEEDED)
    return subprocess.run([sys.executable, "-S", "-c", probe], stderr=subprocess.DEVNULL, check=False).returncode == 0


def remedy() -> str:
    """What to install."""
    return "brew install pango" if sys.platform == "darwin" else DEBIAN
