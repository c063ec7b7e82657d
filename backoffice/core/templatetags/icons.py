"""Icons as inline SVG: `{% icon "truck" %}`. Names are those of the Heroicons set; an unknown name fails the template."""

from functools import lru_cache
from typing import Final

import heroicons
from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SIZES: Final = {"sm": "icon icon-sm", "md": "icon", "lg": "icon icon-lg"}
# What points along the line of reading is mirrored in right-to-left pages; a lorry or a clock is not.
_TURNING: Final = (
    "arrow-left",
    "arrow-right",
    "arrow-long-",
    "arrow-uturn-",
    "arrow-turn-",
    "chevron-left",
    "chevron-right",
    "chevron-double-left",
    "chevron-double-right",
    "arrow-top-right-on-square",
    "arrow-right-",
    "bars-3-",
    "queue-list",
    "list-bullet",
    "paper-airplane",
)


@register.simple_tag
def icon(name: str, size: str = "md", label: str = "", style: str = "outline") -> SafeString:
    """One icon.

    size: sm (16 px), md (18 px), lg (24 px). style: outline, solid, mini, micro.
    label: what a screen reader says; without one the icon is decoration and hidden from it.
    """
    return _drawn(str(name), str(size), str(label), str(style))


@lru_cache(maxsize=512)
def _drawn(name: str, size: str, label: str, style: str) -> SafeString:
    classes = SIZES[size]
    if name.startswith(_TURNING):
        classes += " icon-turns"
    svg: str = heroicons._render_icon(style, name, None, {"class": classes})
    if label:
        spoken = f' role="img" aria-label="{escape(label)}"'
        svg = svg.replace(' aria-hidden="true"', "").replace("<svg", f"<svg{spoken}", 1)
    elif 'aria-hidden="true"' not in svg:
        svg = svg.replace("<svg", '<svg aria-hidden="true"', 1)
    # Every part is ours or escaped: the drawing comes from the package, classes from SIZES, the label is escaped above.
    return mark_safe(svg.replace(' data-slot="icon"', ""))
