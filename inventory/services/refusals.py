"""Refusals that several services of the inventory share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Conflict, Invalid, Problem


@contextmanager
def said_as_conflict() -> Iterator[None]:
    """What a neighbour's transaction made untrue between our check and our write is a conflict with the rule's name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise Conflict(
            "constraint",
            _("Somebody else was faster, or this cannot be: %(rule)s.") % {"rule": constraint.replace("_", " ")},
            hint=_("Look at what is there now and try again."),
            constraint=constraint,
        ) from error


def refuse(problems: list[Problem]) -> None:
    """Invalid with all of them in one answer; nothing when there are none."""
    if not problems:
        return
    unique = {problem.code for problem in problems}
    code = unique.pop() if len(unique) == 1 else "invalid"
    message = problems[0].message if len(problems) == 1 else _("Some fields need attention.")
    raise Invalid(code, message, problems=problems)
