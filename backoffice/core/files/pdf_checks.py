"""Whether a PDF from outside carries a program.

A PDF may run JavaScript or start programs. We hand uploads out as attachments only, but they are also mailed and printed,
so such a file is refused at the door. Names are looked for in the plain bytes and in unpacked object streams, written
plainly or with `#` codes. Files inside are fine: an electronic invoice carries its data that way.
"""

import re
import zlib
from typing import Final

from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid

# Names of some length only: three letters turn up by chance in any packed picture.
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|Launch|RichMedia|ImportData|GoToE)(?![A-Za-z0-9])")
_CODED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME: Final = re.compile(rb"/[^\x00-\x20/<>\[\](){}%]*#[^\x00-\x20/<>\[\](){}%]*")
_OBJECT_STREAM: Final = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_MOST_UNPACKED: Final = 20_000_000


def check_pdf(data: bytes) -> None:
    """Raises Invalid: `pdf_broken` when it has no end, `pdf_active` when it carries a program, `pdf_bomb`."""
    if b"%%EOF" not in data[-2048:]:
        raise Invalid(
            "pdf_broken",
            _("The PDF is damaged or was not uploaded to its end."),
            field="file",
            hint=_("Save it anew in your program and upload it again."),
        )
    if any(_ACTIVE.search(_plain(part)) for part in (data, *_object_streams(data))):
        raise Invalid(
            "pdf_active",
            _("The PDF carries a program."),
            field="file",
            hint=_("Print it to a new PDF and upload that one."),
        )


def _plain(data: bytes) -> bytes:
    """Names without their codes: /Java#53cript is /JavaScript."""
    return _NAME.sub(lambda name: _CODED.sub(lambda code: bytes([int(code[1], 16)]), name[0]), data)


def _object_streams(data: bytes) -> list[bytes]:
    parts, total = [], 0
    for start in _OBJECT_STREAM.finditer(data):
        try:
            part = zlib.decompressobj().decompress(data[start.end() :], _MOST_UNPACKED - total)
        except zlib.error:
            continue  # packed in another way or not at all; readers that cannot unpack it run nothing in it either
        total += len(part)
        if total >= _MOST_UNPACKED:
            raise Invalid("pdf_bomb", _("The PDF grows too large when it is unpacked."), field="file")
        parts.append(part)
    return parts
