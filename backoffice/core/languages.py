"""From the language of a page or a customer ("pt-br") to the locale that formats figures, days and names for it."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError

FALLBACK = "en"


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """The locale of a language code; of its base language where the variant is unknown; English where both are.

    Never an error: a document in an odd language is still better printed with English figures than not printed.
    """
    parts = language.replace("_", "-").split("-") if language.isascii() else []
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale.parse(FALLBACK)
