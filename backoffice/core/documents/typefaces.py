"""The letters of our labels: Helvetica where it suffices, else a TrueType font of the machine.

Every PDF reader has Helvetica, so a Latin label needs no font file and looks the same everywhere. Anything else (Polish,
Cyrillic, Greek, Hebrew, …) takes a TrueType font found on the machine, of which `embed` puts the glyphs in use into the
document. A text that no font here can draw is refused by name instead of printed as empty boxes: a parcel with a wrong
name is worse than a question.

Widths are in thousandths of the font size.
"""

import functools
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backoffice.core.documents.bidi import visual_order
from backoffice.core.errors import Refused

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts/Supplemental",
    "/opt/homebrew/share/fonts",
)
FILES = {
    False: ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial Unicode.ttf", "Arial.ttf"),
    True: ("DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf"),
}
INSTALL_HINT = _("Install a font with these letters (for example the package fonts-dejavu), or set LABEL_FONT.")

# Scripts whose letters change or combine with their neighbours; drawing them one by one would be wrong.
JOINED_SCRIPTS = (
    (0x0600, 0x08FF),  # Arabic, Syriac, Thaana, N'Ko
    (0x0900, 0x109F),  # the scripts of India, Thai, Lao, Tibetan, Burmese
    (0x1780, 0x17FF),  # Khmer
)

_HELVETICA: dict[bool, dict[int, str]] = {
    False: {
        191: "'",
        222: "ijl‚‘’",
        260: "|¦",
        278: " \xa0!,./:;I[\\]ft·ÌÍÎÏìíîï",
        333: "()-\xad`r„ˆ‹“”˜›¡¨¯²³´¸¹",
        334: "{}",
        350: "•",
        355: '"',
        365: "º",
        370: "ª",
        389: "*",
        400: "°",
        469: "^",
        500: "Jcksvxyzšžçýÿ",
        537: "¶",
        556: "#$0123456789?L_abdeghnopqu€ƒ†‡–¢£¤¥§«µ»àáâãäåèéêëðñòóôõöùúûüþ",
        584: "+<=>~¬±×÷",
        611: "FTZŽ¿ßø",
        667: "&ABEKPSVXYŠŸÀÁÂÃÄÅÈÉÊËÝÞ",
        722: "CDHNRUwÇÐÑÙÚÛÜ",
        737: "©®",
        778: "GOQÒÓÔÕÖØ",
        833: "Mm",
        834: "¼½¾",
        889: "%æ",
        944: "Wœ",
        1000: "…‰Œ—™Æ",
        1015: "@",
    },
    True: {
        238: "'",
        278: " \xa0,./I\\ijl‚‘’·ÌÍÎÏìíîï",
        280: "|¦",
        333: "!()-\xad:;[]`ftˆ‹˜›¡¨¯²³´¸¹",
        350: "•",
        365: "º",
        370: "ª",
        389: "*r{}",
        400: "°",
        474: '"',
        500: "z„“”ž",
        556: "#$0123456789J_aceksvxy€ƒ†‡–š¢£¤¥§«¶»àáâãäåçèéêëýÿ",
        584: "+<=>^~¬±×÷",
        611: "?FLTZbdghnopquŽµ¿ßðñòóôõöøùúûüþ",
        667: "EPSVXYŠŸÈÉÊËÝÞ",
        722: "&ABCDHKNRUÀÁÂÃÄÅÇÐÑÙÚÛÜ",
        737: "©®",
        778: "GOQwÒÓÔÕÖØ",
        833: "M",
        834: "¼½¾",
        889: "%mæ",
        944: "Wœ",
        975: "@",
        1000: "…‰Œ—™Æ",
    },
}


class Typeface(Protocol):
    """What layout and the writers ask of a font."""

    name: str

    def covers(self, text: str) -> bool: ...
    def width(self, text: str) -> float: ...


class Helvetica:
    """The standard font of every PDF reader, in the Windows Latin encoding."""

    def __init__(self, *, bold: bool) -> None:
        self.name = "Helvetica-Bold" if bold else "Helvetica"
        self._widths = {letter: width for width, letters in _HELVETICA[bold].items() for letter in letters}

    def covers(self, text: str) -> bool:
        return all(letter in self._widths for letter in text)

    def width(self, text: str) -> float:
        return sum(self._widths[letter] for letter in text)


class TrueType:
    """A font file of the machine with TrueType outlines."""

    def __init__(self, path: Path) -> None:
        from fontTools.ttLib import TTFont  # 70 ms that a process without such labels does not pay

        self.path = path
        self.font: Any = TTFont(path, lazy=True, fontNumber=0)
        self.name = str(self.font["name"].getDebugName(6) or path.stem)
        self.scale: float = 1000 / self.font["head"].unitsPerEm
        self._order: dict[str, int] = self.font.getReverseGlyphMap()
        self._glyphs: dict[int, str] = self.font.getBestCmap()
        self._metrics: dict[str, tuple[int, int]] = self.font["hmtx"].metrics

    def covers(self, text: str) -> bool:
        return all(ord(letter) in self._glyphs for letter in text)

    def width(self, text: str) -> float:
        return sum(self._metrics[self._glyphs[ord(letter)]][0] for letter in text) * self.scale

    def glyph_id(self, letter: str) -> int:
        return self._order[self._glyphs[ord(letter)]]


@functools.cache
def helvetica(bold: bool) -> Helvetica:
    return Helvetica(bold=bold)


@functools.cache
def truetype(bold: bool) -> TrueType | None:
    """The font file for other scripts, or None when the machine has none that we know."""
    if settings.LABEL_FONT:
        return _configured(Path(settings.LABEL_FONT))
    for name in FILES[bold] + FILES[False]:
        for folder in FOLDERS:
            found = next(iter(sorted(Path(folder).rglob(name))), None) if Path(folder).is_dir() else None
            if found is not None:
                return TrueType(found)
    return None


def _configured(path: Path) -> TrueType:
    """The font that an administrator named. Refused (`label_font_unusable`) when it is none of our kind."""
    from fontTools.ttLib import TTLibError

    try:
        font = TrueType(path)
        if "glyf" not in font.font:
            raise TTLibError("no TrueType outlines")
    except (OSError, KeyError, TTLibError) as error:
        raise Refused(
            "label_font_unusable",
            _("LABEL_FONT names “%(path)s”, which is no TrueType font that can be read.") % {"path": path},
            hint=_("Name a .ttf file, or leave LABEL_FONT empty."),
        ) from error
    return font


def typeface_for(text: str, *, bold: bool) -> Typeface:
    """The font that draws every letter of `text` (in visual order). Refused (`letters_missing`) where there is none."""
    plain = helvetica(bold)
    if plain.covers(text):
        return plain
    font = truetype(bold)
    missing = sorted({letter for letter in text if font is None or not font.covers(letter)})
    if font is None:
        missing = [letter for letter in missing if not plain.covers(letter)]
    joined = sorted({letter for letter in text if _is_joined(letter)})
    if missing or joined:
        raise Refused(
            "letters_missing",
            _("No font on this machine can print “%(letters)s” on a label.")
            % {"letters": " ".join((missing or joined)[:10])},
            hint=INSTALL_HINT if missing else _("This script prints in documents only, not on labels."),
            field="text",
            letters=missing or joined,
        )
    assert font is not None  # else every letter that Helvetica lacks would be missing
    return font


def printable(text: str) -> str:
    """One line as a label carries it: composed letters, blanks for line breaks and tabs, nothing invisible."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if letter in "\t\r\n\v\f\x85\u2028\u2029" else letter for letter in text)
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co"))


def visual(text: str) -> str:
    """`printable` text in the order of its glyphs on paper."""
    return visual_order(text)


def letters_of(texts: Iterable[str]) -> str:
    """The distinct letters of several texts in a stable order."""
    return "".join(sorted({letter for text in texts for letter in text}))


def _is_joined(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in JOINED_SCRIPTS)
