"""Choose a right, see who has it and why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backoffice.core.permissions import MANAGE_KEYS, VIEW_PEOPLE, all_permissions
from backoffice.core.selectors.access import Held, areas_of, holders_of, narrowed_many, within_reach
from backoffice.core.selectors.people import limits_of_many
from backoffice.core.ui.console import ConsolePage


class WhoMayView(ConsolePage):
    """GET: the rights to choose from, and with `right` who has that one."""

    http_method_names = ["get", "head"]
    right = VIEW_PEOPLE

    def get(self, request: HttpRequest) -> HttpResponse:
        """A right that there is not is told, with the list beside it."""
        asked = request.GET.get("right", "")
        every = list(all_permissions())
        chosen = next((permission for permission in every if permission.code == asked), None)
        context: dict[str, Any] = {
            "areas": areas_of(Held(permission, ()) for permission in every),
            "chosen": chosen,
            "unknown": asked[:80] if asked and chosen is None else "",
            "people_url": reverse("core_user_list"),
        }
        if chosen is not None:
            context |= self._holders(chosen.code)
        return render(request, "core/people/who_may.html", context, status=404 if context["unknown"] else 200)

    def _holders(self, code: str) -> dict[str, Any]:
        found = holders_of(code)
        limits = limits_of_many([user for user, _sources in found.people])
        words = narrowed_many({key: within_reach(each, self.actor) for key, each in limits.items()})
        people = [
            {
                "user": user,
                "url": reverse("core_user_detail", args=[user.pk]),
                "sources": sources,
                "narrowed": words.get(user.pk, []),
            }
            for user, sources in found.people
        ]
        keys = [{"key": key, "url": reverse("core_api_key_detail", args=[key.pk])} for key in found.keys]
        return {"people": people, "keys": keys, "may_open_keys": self.actor.may(MANAGE_KEYS)}
