"""Pictures from outside become pictures of ours.

An upload is decoded and written anew: whatever was hidden behind its end, in its metadata or between its frames does not
survive. Its size is read from the header and bounded before a single pixel is unpacked. SVG is a program and is refused.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from backoffice.core.errors import Invalid

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 30_000_000
LONGEST_SIDE = 4_000
THUMBNAILS = (96, 480)
JPEG_QUALITY = 88

_CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture written by us: `data` in `content_type`, measured in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


def clean_image(data: bytes) -> CleanImage:
    """Decode and write anew. GIF becomes PNG of its first frame; a side over 4,000 px is scaled down.

    Raises Invalid: `image_svg`, `image_unknown`, `image_too_large`, `image_broken`.
    """
    with decoded(data) as image:
        image = ImageOps.exif_transpose(image)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _written(image, image_format=_target(data))


def thumbnail(image: CleanImage, side: int) -> CleanImage:
    """A smaller copy that fits a square of `side` pixels; never larger than the original."""
    with decoded(image.data) as small:
        if small.format == "JPEG":
            small.draft("RGB", (side * 2, side * 2))
        small.thumbnail((side, side))
        return _written(small, image_format="JPEG" if image.content_type == "image/jpeg" else "PNG")


@contextmanager
def decoded(data: bytes, *, most_pixels: int = MOST_PIXELS) -> Iterator[Image.Image]:
    """The first frame of a picture, checked before it is unpacked. Errors inside the block become Invalid as well."""
    if _looks_like_svg(data):
        raise Invalid(
            "image_svg",
            _("SVG pictures are not accepted, because they can carry programs."),
            hint=_("Save the picture as PNG."),
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # Half a picture is no picture. A global of Pillow's that other libraries switch on for the whole process.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                _check_size(image, most_pixels)
                yield image
    except UnidentifiedImageError as error:
        raise Invalid("image_unknown", _("This is not a PNG, JPEG, WEBP or GIF picture.")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(most_pixels) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        # Pillow's decoders raise all of these for damaged data.
        raise Invalid(
            "image_broken",
            _("The picture is damaged or incomplete."),
            hint=_("Open it, save it anew and try again."),
        ) from error


def _check_size(image: Image.Image, most_pixels: int) -> None:
    if image.width * image.height > most_pixels:
        raise _too_large(most_pixels, image.width, image.height)


def _too_large(most_pixels: int, width: int | None = None, height: int | None = None) -> Invalid:
    return Invalid(
        "image_too_large",
        _("The picture has more than %(most)s million pixels.") % {"most": most_pixels // 1_000_000},
        hint=_("Scale it down and try again."),
        width=width,
        height=height,
    )


def _target(data: bytes) -> str:
    if data.startswith(b"\xff\xd8"):
        return "JPEG"
    return "WEBP" if data[:4] == b"RIFF" else "PNG"


def _written(image: Image.Image, *, image_format: str) -> CleanImage:
    """Pixels only: a fresh picture takes no metadata along."""
    transparent = "A" in image.getbands() or "transparency" in image.info
    mode = "RGBA" if transparent and image_format != "JPEG" else "L" if image.mode in ("1", "L") else "RGB"
    pixels = image.convert(mode)
    fresh = Image.new(mode, pixels.size)
    fresh.paste(pixels)
    output = BytesIO()
    if image_format == "PNG":
        fresh.save(output, "PNG", optimize=False)
    else:
        fresh.save(output, image_format, quality=JPEG_QUALITY)
    return CleanImage(output.getvalue(), _CONTENT_TYPES[image_format], fresh.width, fresh.height)


def _looks_like_svg(data: bytes) -> bool:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or (start.startswith(b"<!--") and b"<svg" in start)
