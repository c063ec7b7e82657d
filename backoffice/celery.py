"""The Celery app. Tasks are found by name in each app's `tasks.py`; what runs by the clock stands in `beat.py`."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings.dev")

app = Celery("backoffice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Celery would replace our handlers; hearing this signal keeps Django's LOGGING in force."""


@worker_init.connect
def refuse_unsafe_database(**_: object) -> None:
    """A worker on a database that forgets or counts wrongly does not start."""
    from backoffice.core import startup

    startup.refuse_unsafe_database()
