"""Refusals that several services of the inventory share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid, Problem
from backoffice.core.services.master_writing import conflict_from


@contextmanager
def said_as_conflict(model: type[Model]) -> Iterator[None]:
    """What a neighbour's transaction made untrue between our check and our write is a Conflict that says the rule."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise conflict_from(model, error) from error


def refuse(problems: Sequence[Problem]) -> None:
    """Invalid with all of them in one answer; nothing when there are none."""
    if not problems:
        return
    codes = {problem.code for problem in problems}
    message = problems[0].message if len(problems) == 1 else _("Some fields need attention.")
    raise Invalid(codes.pop() if len(codes) == 1 else "invalid", message, problems=problems)
