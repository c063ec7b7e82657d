"""The roof as a Django app: its management commands are found, and the Celery app is made before any task is sent."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "backoffice"
    label = "backoffice"

    def ready(self) -> None:
        from backoffice import celery  # noqa: F401  (importing it makes it the current Celery app)
