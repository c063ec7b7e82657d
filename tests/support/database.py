"""What a test asks of the database beyond rows: which rule refused it, and what the history of a table remembers."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Model, QuerySet


def broken_rule(refusal: pytest.ExceptionInfo[IntegrityError]) -> str:
    """The name of the constraint, or of the trigger that speaks like one."""
    return str(getattr(getattr(refusal.value.__cause__, "diag", None), "constraint_name", ""))


def history(model: type[Model], **which: Any) -> QuerySet[Any]:
    """What was written down about rows of this table, oldest first, with who and why."""
    events: Any = getattr(model, "pgh_event_model")  # noqa: B009  (pghistory puts it there at run time)
    rows: QuerySet[Any] = events.objects.filter(**which).select_related("pgh_context").order_by("pgh_id")
    return rows
