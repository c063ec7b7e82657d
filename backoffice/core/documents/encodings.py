"""In which encoding a text file from outside is written. Nobody says, so the bytes must."""

import codecs
import re
from dataclasses import dataclass
from typing import IO, Final

CHUNK: Final = 1_000_000

_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_FOREIGN: Final = re.compile("[^\x00-\x7f\udc80-\udcff]")
_NOT_IN_CP1252: Final = re.compile(b"[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A name that Python knows. `is_mixed`: most is UTF-8 and some is not; those letters come as surrogates."""

    name: str
    is_mixed: bool = False


def detect_encoding(file: IO[bytes]) -> Encoding:
    """Read the whole file once (half a second for 200 MB) and say its encoding; the file is left at its beginning.

    UTF-8 is told by its own rules, UTF-16 by its mark or its zeros, all else is taken for Windows Latin, or for
    Latin-1 where Windows has no such letter. Other code pages cannot be told apart; a form must ask.
    """
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    if start.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8-sig", is_mixed=not _is_utf8(file))
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16")
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if len(start) >= 4 and max(even, odd) * 10 > len(start) * 3 and min(even, odd) * 10 <= max(even, odd):
        return Encoding("utf-16-le" if odd > even else "utf-16-be")
    if _is_utf8(file):
        return Encoding("utf-8")
    return _latin_or_mixed(file)


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _latin_or_mixed(file: IO[bytes]) -> Encoding:
    """One letter of UTF-8 is no accident, but a few may be; a file that is mostly UTF-8 is UTF-8 with damage."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    good = bad = 0
    fits_windows = True
    while chunk := file.read(CHUNK):
        text = decoder.decode(chunk)
        good += len(_FOREIGN.findall(text))
        bad += len(_ESCAPED.findall(text))
        fits_windows = fits_windows and not _NOT_IN_CP1252.search(chunk)
    file.seek(0)
    if good * 4 > bad:
        return Encoding("utf-8", is_mixed=True)
    return Encoding("cp1252" if fits_windows else "latin-1")
