"""One way to look at a refusal, so that every test also proves that its sentence can be said."""

from collections.abc import Callable
from typing import Any

import pytest

from backoffice.core.errors import DomainError


def refused(call: Callable[..., Any], *args: Any, **keywords: Any) -> DomainError:
    """The refusal of a call. Its sentences are filled in, in the language of the moment, without a gap left open."""
    with pytest.raises(DomainError) as caught:
        call(*args, **keywords)
    refusal = caught.value
    for words in (refusal.message, refusal.hint or "-", *(problem.message for problem in refusal.problems)):
        assert str(words).strip()
        assert len(str(words)) < 400
    return refusal
