"""What the shell around every page needs: who is signed in, the areas, work under way."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from backoffice.core.actors import Actor
from backoffice.core.models.jobs import Job
from backoffice.core.ui.navigation import areas_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page; next to nothing for a visitor who is not signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    if not actor:
        return {"actor": None, "navigation": []}
    running = Job.objects.filter(owner_id=actor.id, state__in=[Job.State.QUEUED, Job.State.RUNNING]).count()
    return {
        "actor": actor,
        "navigation": areas_for(actor, request.path),
        "shell": {
            "search_url": reverse("core_search"),
            "running_jobs": running,
            "jobs_url": reverse("core_job_list"),
            "theme": getattr(request.user, "theme", "auto"),
            "user_email": getattr(request.user, "email", ""),
            "profile_url": reverse("core_profile"),
            "security_url": reverse("mfa_index"),
        },
    }
