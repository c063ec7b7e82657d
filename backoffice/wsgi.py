"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

from backoffice.core.framing import OneCharset

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings.prod")

application = OneCharset(get_wsgi_application())

from backoffice.core.startup import refuse_unsafe_database  # noqa: E402  (Django has to be set up first)

refuse_unsafe_database()
