"""The addresses of the pages that explain the API."""

from django.urls import path

from backoffice.core.api.docs import docs_page, subject_page

urlpatterns = [path("", docs_page, name="api_docs"), path("<slug:tag>/", subject_page, name="api_docs_subject")]
