"""Pictures from outside: decoded within bounds, written anew, nothing hidden survives. Numbers are those of the bad inputs."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageFile

from backoffice.core.errors import Invalid
from backoffice.core.files.images import LONGEST_SIDE, clean_image, thumbnail

PAYLOAD = b"<script>alert('polyglot')</script>"


def picture(image_format: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    data = BytesIO()
    Image.new(mode, size, "red" if mode in ("RGB", "RGBA") else 1).save(data, image_format, **options)
    return data.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG header of any size with next to nothing behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("image_format", "content_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/png")],
)
def test_writes_a_picture_anew_in_a_format_that_browsers_show(image_format: str, content_type: str) -> None:
    clean = clean_image(picture(image_format))
    assert (clean.content_type, clean.width, clean.height) == (content_type, 40, 30)
    with Image.open(BytesIO(clean.data)) as image:
        red, green, blue = image.convert("RGB").getpixel((20, 15))
        assert red > 240
        assert max(green, blue) < 15


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_97_a_polyglot_loses_its_tail(image_format: str) -> None:
    assert PAYLOAD not in clean_image(picture(image_format) + PAYLOAD).data


def test_97_a_script_in_the_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = PAYLOAD.decode()
    dirty = picture("JPEG", exif=exif)
    assert PAYLOAD in dirty
    assert PAYLOAD not in clean_image(dirty).data
    text = BytesIO()
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", PAYLOAD.decode())
    Image.new("RGB", (4, 4)).save(text, "PNG", pnginfo=info)
    assert PAYLOAD not in clean_image(text.getvalue()).data


def test_97_only_the_first_frame_of_an_animation_is_kept() -> None:
    data = BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(BytesIO(clean_image(data.getvalue()).data)) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert image.convert("RGB").getpixel((4, 4)) == (255, 0, 0)


@pytest.mark.parametrize("size", [(60_000, 60_000), (30_001, 1_000), (1_000_000, 1_000)])
def test_97_refuses_a_bomb_before_unpacking_it(size: tuple[int, int]) -> None:
    bomb = png_that_claims(*size)
    assert len(bomb) < 200
    with pytest.raises(Invalid) as caught:
        clean_image(bomb)
    assert caught.value.code == "image_too_large"


@pytest.mark.parametrize(
    "svg",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>",
        b"<!-- hello --><svg/>",
        b"<!DOCTYPE svg><svg/>",
    ],
)
def test_97_refuses_svg_and_says_what_to_do(svg: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        clean_image(svg)
    assert caught.value.code == "image_svg"
    assert "PNG" in str(caught.value.hint)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"II*\x00" + b"\0" * 50, b"\xff\xd8\xff"]
)
def test_refuses_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        clean_image(data)
    assert caught.value.code in ("image_unknown", "image_broken")


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_83_refuses_a_picture_that_was_cut_off(image_format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as the PDF engine leaves it
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    data = BytesIO()
    noise.save(data, image_format)
    with pytest.raises(Invalid) as caught:
        clean_image(data.getvalue()[: len(data.getvalue()) // 2])
    assert caught.value.code == "image_broken"


def test_turns_a_photograph_as_its_camera_said() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = clean_image(picture("JPEG", exif=exif))
    assert (clean.width, clean.height) == (30, 40)


def test_keeps_what_shines_through() -> None:
    data = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(data, "PNG")
    with Image.open(BytesIO(clean_image(data.getvalue()).data)) as image:
        assert image.getpixel((4, 4)) == (0, 0, 0, 0)


def test_a_giant_is_scaled_down() -> None:
    clean = clean_image(picture("PNG", (LONGEST_SIDE + 1_000, 100), mode="L"))
    assert (clean.width, clean.height) == (LONGEST_SIDE, 80)


def test_a_smaller_copy_fits_its_square_and_never_grows() -> None:
    clean = clean_image(picture("JPEG", (600, 300)))
    small = thumbnail(clean, 96)
    assert (small.width, small.height, small.content_type) == (96, 48, "image/jpeg")
    tiny = thumbnail(clean_image(picture("PNG", (20, 10))), 96)
    assert (tiny.width, tiny.height, tiny.content_type) == (20, 10, "image/png")


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16"])
def test_takes_every_way_of_writing_colours(mode: str) -> None:
    data = BytesIO()
    Image.new(mode, (8, 8)).save(data, "JPEG" if mode == "CMYK" else "PNG")
    assert clean_image(data.getvalue()).width == 8
