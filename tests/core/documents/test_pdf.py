"""PDF from HTML: only our own files are fetched, a hostile document takes nothing with it, and its absence is said."""

import base64
import os
import signal
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from pytest_django import Settings

from backoffice.core.documents import pdf, pdf_child
from backoffice.core.documents.pdf import Limits, PdfUnavailable, render_pdf
from backoffice.core.errors import DomainError, Invalid, Refused
from tests.core.documents.conftest import Canary
from tests.core.documents.rendering import page_pictures, page_texts

pytestmark = pytest.mark.usefixtures("pdf_engine")

RED_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)

WAYS_OUT = {
    "img": '<img src="{url}">',
    "stylesheet": '<link rel="stylesheet" href="{url}">',
    "attachment": '<link rel="attachment" href="{url}">',
    "attachment by link": '<a rel="attachment" href="{url}">x</a>',
    "import": '<style>@import url("{url}");</style>',
    "background": '<p style="background: url({url})">x</p>',
    "list mark": '<ul style="list-style-image: url({url})"><li>x</li></ul>',
    "content": '<style>p::before {{ content: url("{url}") }}</style><p>x</p>',
    "font": '<style>@font-face {{ font-family: F; src: url("{url}") }} p {{ font-family: F }}</style><p>x</p>',
    "color profile": '<style>@color-profile --c {{ src: url("{url}") }}</style><p style="color: color(--c 1 0 0)">x</p>',
    "object": '<object data="{url}"></object>',
    "embed": '<embed src="{url}">',
    "inline svg image": '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    "inline svg use": '<svg width="9" height="9"><use href="{url}#a"/></svg>',
    "inline svg style": '<svg width="9" height="9"><style>@import url("{url}");</style><rect width="9" height="9"/></svg>',
    "svg in data": '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%229%22 '
    "height=%229%22%3E%3Cimage href=%22{url}%22 width=%229%22 height=%229%22/%3E%3Cuse href=%22{url}%22/%3E"
    '%3C/svg%3E">',
    "svg entity": '<img src="data:image/svg+xml,%3C!DOCTYPE a [%3C!ENTITY x SYSTEM %22{url}%22%3E]%3E%3Csvg '
    'xmlns=%22http://www.w3.org/2000/svg%22%3E%3Ctext%3E%26x;%3C/text%3E%3C/svg%3E">',
    "base": '<base href="{url}"><img src="a.png"><link rel="stylesheet" href="b.css">',
}


@pytest.fixture(autouse=True, scope="module")
def one_engine() -> Iterator[None]:
    """The child of this module's tests ends with them."""
    yield
    pdf._engine.stop()


def everything_in(data: bytes) -> bytes:
    """The plain bytes of a PDF and of all its streams."""
    reader = pypdf.PdfReader(BytesIO(data))
    parts = [data]
    for number in range(1, len(reader.xref[0]) + len(reader.xref_objStm) + 1):
        found = reader.get_object(number)
        if isinstance(found, pypdf.generic.StreamObject):
            parts.append(found.get_data())
    return b"\n".join(parts)


def attempt(html: str) -> bytes:
    """Everything in the PDF. A colour profile that is not there makes the engine give up; that is an answer as well."""
    try:
        return everything_in(render_pdf(html))
    except Refused as refusal:
        assert refusal.code == "document_failed"
        assert "not one of our files" in refusal.facts["detail"]
        return b""


def test_makes_a_page_of_text_in_any_script() -> None:
    text = "Invoice 17 – Żółć – Привет"
    assert page_texts(render_pdf(f"<h1>{text}</h1>")) == [text]


def test_equal_text_gives_equal_bytes() -> None:
    assert render_pdf("<h1>Same</h1>") == render_pdf("<h1>Same</h1>")


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_way_leads_to_the_network(way: str, canary: Canary) -> None:
    attempt(WAYS_OUT[way].format(url=f"{canary.address}/x.css"))
    assert canary.visits == 0


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_way_leads_to_a_file_of_the_machine(way: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" id="a"><text>hunter2-in-file</text></svg>')
    for url in (secret.as_uri(), "file:///etc/passwd"):
        content = attempt(WAYS_OUT[way].format(url=url))
        assert b"hunter2" not in content
        assert b"root:" not in content
        assert b"/EmbeddedFile" not in content


def test_the_engine_itself_would_go_there(canary: Canary, tmp_path: Path) -> None:
    """The control: without our fetcher the very same documents reach the listener and the file."""
    import weasyprint

    weasyprint.HTML(string=WAYS_OUT["stylesheet"].format(url=canary.address)).write_pdf()
    assert canary.visits == 1
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2-in-file")
    stolen = weasyprint.HTML(string=WAYS_OUT["attachment"].format(url=secret.as_uri())).write_pdf()
    assert b"hunter2-in-file" in everything_in(stolen)


def test_shows_files_that_were_given_and_static_files(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "red.css").write_text(
        "@page { size: 50mm 50mm; margin: 0 } p { background: #f00; height: 50mm }"
    )
    settings.STATIC_ROOT = tmp_path
    page = page_pictures(render_pdf('<link rel="stylesheet" href="/static/css/red.css?v=1"><p></p>'))[0]
    assert page.getpixel((200, 300)) == 76  # the grey of full red
    shown = '<style>@page { size: 50mm 50mm; margin: 0 }</style><img src="files/dot.png" style="width: 50mm">'
    assert page_pictures(render_pdf(shown, files={"dot.png": RED_DOT}))[0].getpixel((200, 200)) < 255
    assert page_pictures(render_pdf(shown))[0].getpixel((200, 200)) == 255


@pytest.mark.parametrize(
    "path", ["static/../secret.txt", "static/%2e%2e/secret.txt", "static//etc/passwd", "static/link.txt", "secret.txt"]
)
def test_a_static_address_does_not_leave_its_folder(path: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("hunter2")
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "fine.txt").write_text("fine")
    assert pdf_child.static_file("static/fine.txt", "/static/", [folder]) == b"fine"
    with pytest.raises(ValueError, match="not one of our files"):
        pdf_child.static_file(pdf_child.own_path(pdf_child.OWN + path), "/static/", [folder])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://own.invalid.evil.example/x",
        "http://own.invalid@evil.example/",
        "ftp://own.invalid/x",
    ],
)
def test_only_our_own_host_is_ours(url: str) -> None:
    with pytest.raises(ValueError, match="not one of our files"):
        pdf_child.own_path(url)


def test_a_large_picture_inside_the_text_is_left_out() -> None:
    def dark(side: int) -> int:
        noise = BytesIO()
        Image.effect_noise((side, side), 90).save(noise, "PNG")
        encoded = base64.b64encode(noise.getvalue()).decode()
        page = render_pdf(f'<img src="data:image/png;base64,{encoded}"><p>still here</p>')
        assert page_texts(page) == ["still here"]
        return sum(page_pictures(page)[0].histogram()[:128])

    assert dark(200) > 50_000
    assert dark(700) < 10_000  # the text alone


def test_refuses_fifty_megabytes_before_it_starts() -> None:
    with pytest.raises(Invalid) as caught:
        render_pdf('<img src="data:image/png;base64,' + "A" * 50_000_000 + '">')
    assert caught.value.code == "document_too_large"


def test_gives_up_a_document_that_takes_too_long() -> None:
    with pytest.raises(Refused) as caught:
        render_pdf("<p>x</p>" * 60_000, limits=Limits(seconds=1))
    assert caught.value.code == "document_too_slow"
    assert page_texts(render_pdf("<p>next</p>")) == ["next"]


def test_gives_up_a_document_that_needs_too_much_memory() -> None:
    with pytest.raises(Refused) as caught:
        render_pdf("<pre>" + "word " * 400_000, limits=Limits(memory_mb=190))
    assert caught.value.code == "document_too_heavy"
    assert page_texts(render_pdf("<p>next</p>")) == ["next"]


def test_refuses_a_picture_bomb_inside_a_document() -> None:
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    pdf_file = render_pdf('<img src="files/bomb.png"><p>still here</p>', files={"bomb.png": bomb.getvalue()})
    assert page_texts(pdf_file) == ["still here"]


def test_starts_again_after_its_child_was_killed() -> None:
    render_pdf("<p>one</p>")
    process = pdf._engine._process
    assert process is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert page_texts(render_pdf("<p>two</p>")) == ["two"]


def test_gives_up_a_child_that_stands_still() -> None:
    render_pdf("<p>one</p>")
    process = pdf._engine._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(Refused) as caught:
        render_pdf("<p>two</p>", limits=Limits(seconds=1))
    assert caught.value.code == "document_too_slow"
    assert process.poll() == -signal.SIGKILL
    assert page_texts(render_pdf("<p>three</p>")) == ["three"]


def test_a_fork_of_this_process_gets_a_child_of_its_own() -> None:
    render_pdf("<p>one</p>")
    parents = pdf._engine._process
    assert parents is not None
    pdf._engine._owner = os.getpid() + 1  # as it looks from inside a fork
    try:
        assert page_texts(render_pdf("<p>two</p>")) == ["two"]
        assert pdf._engine._process is not parents
        assert parents.poll() is None
    finally:
        os.killpg(parents.pid, signal.SIGKILL)
        parents.wait()


def test_the_child_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_RING", "hunter2")
    pdf._engine.stop()
    render_pdf("<p>x</p>")
    process = pdf._engine._process
    assert process is not None
    environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"hunter2" not in environment
    assert b"DATABASE_URL" not in environment


def test_the_child_ends_when_its_parent_is_gone() -> None:
    render_pdf("<p>x</p>")
    process = pdf._engine._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=5) == 0


def test_the_second_fence_stops_what_the_fetcher_would_let_through() -> None:
    import subprocess
    import sys

    script = (
        "from backoffice.core.documents.pdf_child import confine; import socket, subprocess\n"
        "confine(memory=2**31, seconds=5)\n"
        "for act in (lambda: socket.create_connection(('127.0.0.1', 9)), lambda: subprocess.run(['true'])):\n"
        "    try: act()\n"
        "    except PermissionError as error: print('stopped', error)\n"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed.count("stopped") == 2


def test_says_what_to_install_where_pango_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_PANGO", ("libnothing-like-this.so.0",))
    pdf.pdf_available.cache_clear()
    try:
        assert not pdf.pdf_available()
        assert "libpangoft2" in pdf.pdf_missing_hint()
        with pytest.raises(PdfUnavailable) as caught:
            render_pdf("<p>x</p>")
        assert caught.value.status == 503
        assert "libpangoft2" in str(caught.value.hint)
    finally:
        pdf.pdf_available.cache_clear()


def test_an_engine_that_will_not_start_is_an_answer_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "weasyprint"
    package.mkdir()
    (package / "__init__.py").write_text("raise OSError('cannot load library')")
    (tmp_path / "backoffice").symlink_to(Path(pdf.__file__).parents[2])
    monkeypatch.setattr(pdf, "_ROOT", tmp_path)
    pdf._engine.stop()
    with pytest.raises(PdfUnavailable):
        render_pdf("<p>x</p>")
    monkeypatch.undo()
    assert page_texts(render_pdf("<p>back</p>")) == ["back"]


def test_every_refusal_is_a_domain_error() -> None:
    assert issubclass(PdfUnavailable, DomainError)
