"""Addresses of the API of the ground floor, under /api/v1/."""

from django.urls import path

from backoffice.core.api.openapi import OpenAPIView
from backoffice.core.api.routers import Router
from backoffice.core.api.views.companies import CompanyViewSet
from backoffice.core.api.views.deliveries import DeliveryViewSet
from backoffice.core.api.views.imports import ImportViewSet
from backoffice.core.api.views.jobs import JobViewSet
from backoffice.core.api.views.whoami import WhoAmI

router = Router()
router.register("companies", CompanyViewSet, basename="company")
router.register("imports", ImportViewSet, basename="import")
router.register("jobs", JobViewSet, basename="job")
router.register("outbox/deliveries", DeliveryViewSet, basename="delivery")

urlpatterns = [
    *router.urls,
    path("whoami", WhoAmI.as_view(), name="whoami"),
    path("openapi.json", OpenAPIView.as_view(), name="openapi"),
]
