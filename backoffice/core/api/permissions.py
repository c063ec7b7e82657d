"""Who may do what through the API: each view says which right each of its actions needs, and no action goes without."""

from typing import Any, Final

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backoffice.core.actors import Actor

# For addresses that every signed-in person or program may use; what they show is narrowed by the view itself.
ANYBODY: Final = ""


class ActorMay(BasePermission):
    """Asks the actor for the right that the view names for its action (`rights = {"list": VIEW_CATALOG, …}`)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True, or NotAuthenticated, or the actor's own NotPermitted, which names the right that is missing."""
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            raise NotAuthenticated
        action = action_of(view, str(request.method))
        if action is None:
            return True  # answered with 405 a moment later
        right = view.rights[action]
        if right != ANYBODY:
            actor.require(right)
        return True


def action_of(view: Any, method: str) -> str | None:
    """What a view set calls the method (`list`, `cancel`); the method itself for a plain view; None if it has none."""
    action_map = getattr(view, "action_map", None)
    if action_map is not None:
        name = action_map.get(method.lower())
        return str(name) if name else None
    name = "get" if method == "HEAD" else method.lower()
    return name if hasattr(view, name) and name in view.http_method_names else None
