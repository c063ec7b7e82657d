"""Figures, moments, states and links, written one way on every page.

Formats follow the language of the page through Babel; sums, codes and moments are isolated so that they stay readable
inside right-to-left text.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language

from backoffice.core.clock import now
from backoffice.core.languages import locale_of
from backoffice.core.money import Money, UnitCost
from backoffice.core.refs import Described, Ref, describe

register = template.Library()

NOTHING: Final = "–"

# The tone of a state whose object names none: by its code, the same word the same colour on every page.
TONES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("new", "open", "running", "picking", "packing", "allocated", "released", "in_progress", "sent"),
        "info",
    ),
    **dict.fromkeys(
        (
            "done",
            "shipped",
            "delivered",
            "paid",
            "received",
            "completed",
            "succeeded",
            "resolved",
            "posted",
            "ready",
            "active",
        ),
        "success",
    ),
    **dict.fromkeys(
        ("waiting", "on_hold", "held", "partial", "late", "short", "blocked", "retrying", "quarantined"), "warning"
    ),
    **dict.fromkeys(("failed", "overdue", "refused", "rejected", "expired", "dead", "error", "lost"), "danger"),
}
KNOWN_TONES: Final = frozenset({"neutral", "accent", "info", "success", "warning", "danger"})


@register.simple_tag
def money(amount: Money | UnitCost | Decimal | None, currency: str = "") -> SafeString | str:
    """A sum with its currency: `{% money order.total %}` for a Money, `{% money price "EUR" %}` for a Decimal.

    At least the decimals of the currency (JPY 0, EUR 2, BHD 3), and more where a unit cost has more; nothing is rounded
    away. None is written as a dash.
    """
    if amount is None:
        return NOTHING
    if isinstance(amount, Money):
        return format_html('<bdi class="money">{}</bdi>', amount.written(_language()))
    value, code = (amount.amount, amount.currency) if isinstance(amount, UnitCost) else (amount, currency)
    text = format_currency(value.normalize(), str(code), locale=_locale(), decimal_quantization=False)
    return format_html('<bdi class="money">{}</bdi>', text)


@register.simple_tag
def quantity(value: int | Decimal | None, unit: object = "") -> SafeString | str:
    """A count with its unit: `{% quantity level.on_hand sku.unit %}`. None is written as a dash."""
    if value is None:
        return NOTHING
    text = format_decimal(value, locale=_locale())
    if not unit:
        return format_html('<bdi class="quantity">{}</bdi>', text)
    return format_html('<bdi class="quantity">{} <span class="unit">{}</span></bdi>', text, unit)


@register.filter
def figure(value: int | Decimal | None) -> str:
    """A plain number in the format of the language: `{{ count|figure }}`."""
    return NOTHING if value is None else format_decimal(value, locale=_locale())


@register.simple_tag
def moment(value: datetime | date | None, zone: str = "", show: str = "both", named: bool = False) -> SafeString | str:
    """A moment in the zone named (IANA; else the reader's), as `<time>` with the whole moment and zone on hover.

    show: both, date, time. named=True writes the zone out, for pages where several zones meet.
    """
    if value is None:
        return NOTHING
    locale = _locale()
    if not isinstance(value, datetime):
        return format_html(
            '<time datetime="{}">{}</time>', value.isoformat(), format_date(value, "medium", locale=locale)
        )
    place = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    local = value.astimezone(place)
    written = {
        "both": lambda: format_datetime(local, _pattern(local), locale=locale),
        "date": lambda: format_date(local, "medium", locale=locale),
        "time": lambda: format_time(local, "short", locale=locale),
    }[show]()
    full = format_datetime(local, "full", locale=locale)
    suffix = f" {local.tzname()}" if named else ""
    return format_html('<time datetime="{}" title="{}">{}{}</time>', value.isoformat(), full, written, suffix)


@register.simple_tag
def ago(value: datetime | None) -> SafeString | str:
    """How far a moment lies from now ("4 min ago", "in 2 hr"), with the whole moment on hover."""
    if value is None:
        return NOTHING
    locale = _locale()
    span: timedelta = value - now()
    text = format_timedelta(span, add_direction=True, format="short", locale=locale)
    local = value.astimezone(timezone.get_current_timezone())
    full = format_datetime(local, "full", locale=locale)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, text)


@register.simple_tag
def state_pill(state: Any, label: object = "", tone: str = "", size: str = "") -> SafeString | str:
    """A state as a coloured pill with a mark: `{% state_pill order.state %}`.

    state: a code, or an object with `label` and perhaps `tone` (a TextChoices member, a State). tone overrides: neutral,
    accent, info, success, warning, danger. size="lg" beside a page's heading.
    """
    if state is None or state == "":
        return NOTHING
    code = str(getattr(state, "value", state))
    text = capfirst(str(label or getattr(state, "label", None) or code.replace("_", " ")))
    chosen = tone or getattr(state, "tone", "") or TONES.get(code.lower(), "neutral")
    if chosen not in KNOWN_TONES:
        raise ValueError(f"{chosen!r} is not a tone; one of {', '.join(sorted(KNOWN_TONES))}")
    return format_html(
        '<span class="pill pill-dot tone-{}{}">{}</span>', chosen, " pill-lg" if size == "lg" else "", text
    )


@register.simple_tag
def ref_link(ref: Ref | None, described: Mapping[Ref, Described] | None = None) -> SafeString | str:
    """The label of what a reference points at, linked where it has a page.

    On a list pass `described=` (the answer of refs.describe for the whole page), or every row costs a query.
    """
    if ref is None:
        return NOTHING
    found = (described if described is not None else describe([ref])).get(ref, Described(str(ref), ""))
    if not found.url:
        return format_html('<bdi class="ref">{}</bdi>', found.label)
    return format_html('<a href="{}"><bdi class="ref">{}</bdi></a>', found.url, found.label)


@register.simple_tag
def url_for_ref(ref: Ref, described: Mapping[Ref, Described] | None = None) -> str:
    """The address of what a reference points at; empty where it has no page."""
    return (described if described is not None else describe([ref])).get(ref, Described("", "")).url


@register.simple_tag
def code(value: object) -> SafeString | str:
    """A SKU, bin, barcode or document number: always left to right, in any script around it."""
    return NOTHING if value in (None, "") else format_html('<bdi class="sku" dir="ltr">{}</bdi>', value)


@register.filter
def tone_of_message(tags: str) -> str:
    """The tone of a Django message by its tags."""
    for word, tone in (("error", "danger"), ("warning", "warning"), ("success", "success")):
        if word in tags.split():
            return tone
    return "info"


def _language() -> str:
    return get_language() or "en"


def _locale() -> Any:
    return locale_of(_language())


def _pattern(local: datetime) -> str:
    """Day, month, hour and minute; the year only when it is another one."""
    return "d MMM, HH:mm" if local.year == now().astimezone(local.tzinfo).year else "d MMM y, HH:mm"


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word of a name, for the round mark of a person."""
    parts = [part for part in name.replace("@", " ").split() if part[0].isalnum()]
    return "".join(part[0] for part in ([parts[0], parts[-1]] if len(parts) > 1 else parts)).upper()


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, to loop over: `{% for tone in "info danger"|words %}`."""
    return text.split()


@register.simple_tag
def scripts(names: str) -> SafeString:
    """Script elements for our ES modules: `{% scripts "scan offline_queue" %}` for js/scan.js and js/offline_queue.js."""
    return format_html_join(
        "\n  ", '<script type="module" src="{}"></script>', ((static(f"js/{name}.js"),) for name in names.split())
    )
