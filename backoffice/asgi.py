"""The web process for an ASGI server; the code is synchronous, so WSGI is the faster choice."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings.prod")

application = get_asgi_application()

from backoffice.core.startup import refuse_unsafe_database  # noqa: E402  (Django has to be set up first)

refuse_unsafe_database()
