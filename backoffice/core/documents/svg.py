"""Barcodes as SVG, to stand inside a page. No script, no style attribute: the content policy allows neither."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from backoffice.core.documents.barcodes import BarcodeKind, Symbol, symbol


def barcode_svg(
    kind: BarcodeKind, text: str, *, title: str = "", linear_height: float = 40, show_text: bool = False
) -> SafeString:
    """An `<svg>` element for one barcode, sized in modules by its viewBox; the page's style sheet sets its size.

    `linear_height` is the height of a one-dimensional code in modules. `title` is read aloud in place of the bars.
    Raises Invalid as `symbol` does.
    """
    code = symbol(kind, text)
    stretch = linear_height if code.linear else 1
    margin_y = 0 if code.linear else code.quiet
    text_height = 12 if show_text and code.text else 0
    width = code.width + 2 * code.quiet
    height = code.height * stretch + 2 * margin_y + text_height
    path = "".join(
        f"M{_figure(rect.x + code.quiet)} {_figure(rect.y * stretch + margin_y)}"
        f"h{_figure(rect.width)}v{_figure(rect.height * stretch)}h-{_figure(rect.width)}z"
        for rect in code.rects
    )
    caption = _caption(code, width, height) if text_height else ""
    # Every text in the markup passes escape(); the rest are our own figures.
    return mark_safe(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="barcode barcode-{kind}" role="img"'
        f' viewBox="0 0 {_figure(width)} {_figure(height)}" shape-rendering="crispEdges">'
        f"<title>{escape(title or text)}</title>"
        f'<rect width="{_figure(width)}" height="{_figure(height)}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/>{caption}</svg>'
    )


def _caption(code: Symbol, width: float, height: float) -> str:
    return (
        f'<text x="{_figure(width / 2)}" y="{_figure(height - 2)}" font-size="10" text-anchor="middle"'
        f' font-family="monospace" fill="#000">{escape(code.text)}</text>'
    )


def _figure(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
