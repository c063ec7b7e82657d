"""The address of stored files."""

from django.urls import path

from backoffice.core.ui.views.files import FileView

urlpatterns = [path("files/<str:token>/", FileView.as_view(), name="core_file")]
