"""Filters whose choices depend on who asks."""

from django.forms import Field
from django_filters import ModelChoiceFilter


class ReachChoiceFilter(ModelChoiceFilter):  # type: ignore[misc]  # django-filter carries no types
    """A choice among the rows that the asking actor reaches; its `queryset` is a function of the request.

    django-filter keeps the first field it made. Asked once without a request (the API description does that) it would keep
    one without any choice, and every later list of the process would refuse every choice. So the field is made anew.
    """

    @property
    def field(self) -> Field:
        self.__dict__.pop("_field", None)
        field: Field = super().field
        return field
