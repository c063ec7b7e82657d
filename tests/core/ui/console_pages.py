"""Addresses for the browser tests of the shell: the gallery inside a whole console, with a search and a job behind it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.translation import override

from backoffice.core.ui import gallery

AREAS = [
    {
        "title": "Home",
        "icon": "home",
        "is_active": False,
        "entries": [{"title": "Home", "url": "/arrived/home", "key": "h"}],
    },
    {
        "title": "Orders",
        "icon": "shopping-bag",
        "is_active": True,
        "entries": [
            {"title": "All orders", "url": "/gallery/", "key": "o", "is_active": True, "count": 48211},
            {"title": "Late", "url": "/arrived/late", "count": 9, "tone": "danger"},
        ],
    },
    {
        "title": "Inventory",
        "icon": "cube",
        "is_active": False,
        "entries": [
            {"title": "Products", "url": "/arrived/products", "key": "i"},
            {"title": "Warehouses", "url": "/arrived/warehouses"},
        ],
    },
]


class Person:
    name = "Dana Levi"


def console(request: HttpRequest) -> dict[str, object]:
    """A context processor that stands behind the project's own and replaces what it says."""
    return {
        "navigation": AREAS,
        "actor": Person,
        "shell": {
            "search_url": "/find/",
            "jobs_url": "/arrived/jobs",
            "running_jobs": 1,
            "notifications_url": "/arrived/notes",
            "unread": 4,
            "warehouses": [{"id": 1, "name": "Haifa"}, {"id": 2, "name": "Lyon", "active": True}],
            "warehouse_name": "Lyon",
            "scope_url": "/arrived/scope",
        },
    }


def page(request: HttpRequest) -> HttpResponse:
    with override(request.GET.get("lang", "en")):
        return gallery.gallery(request)


def find(request: HttpRequest) -> HttpResponse:
    wanted = request.GET["q"]
    hit = {
        "url": f"/arrived/{wanted}",
        "icon": "shopping-bag",
        "title": wanted,
        "exact": request.GET.get("scan") == "1",
    }
    groups = [] if wanted.startswith("no") else [{"title": "Orders", "hits": [hit]}]
    return render(request, "core/components/results.html", {"groups": groups, "query": wanted})


def job(request: HttpRequest) -> HttpResponse:
    """The job as a page, running; asked again by its own polling, done."""
    running = "HX-Request" not in request.headers
    shown = {
        "id": 7,
        "title": "Import products.xlsx",
        "state": "running" if running else "done",
        "state_label": "Running" if running else "Done",
        "running": running,
        "done": 1200 if running else 1500,
        "total": 1500,
        "poll_url": "/job/",
    }
    template = "core/gallery_job.html" if running else "core/components/job.html"
    return render(request, template, {"job": shown})


def arrived(request: HttpRequest, where: str) -> HttpResponse:
    return HttpResponse(
        f"<!doctype html><link rel=icon href=data:,><title>arrived</title><p>{request.method} {where}</p>"
    )


urlpatterns = [
    path("gallery/", page),
    path("find/", find),
    path("job/", job),
    path("arrived/<path:where>", arrived),
    path("account/", include("allauth.account.urls")),
]
