"""Addresses of jobs, deliveries and messages."""

from django.urls import path

from backoffice.core.ui.views import documents, jobs
from backoffice.core.ui.work_pages import DELIVERY_PAGES, JOB_PAGES, MESSAGE_PAGES, TEMPLATE_PAGES

urlpatterns = [
    path("jobs/<int:key>/card/", jobs.JobCardView.as_view(), name="core_job_card"),
    path("jobs/<int:key>/cancel/", jobs.JobCancelView.as_view(), name="core_job_cancel"),
    path("jobs/<int:key>/result/", jobs.JobResultView.as_view(), name="core_job_result"),
    path("documents/<int:key>/<slug:how>/", documents.DocumentView.as_view(), name="core_document_open"),
    *JOB_PAGES.urlpatterns(),
    *DELIVERY_PAGES.urlpatterns(),
    *MESSAGE_PAGES.urlpatterns(),
    *TEMPLATE_PAGES.urlpatterns(),
]
