"""The settings of `./bo up`: everything on one machine, mails on a page, plain http on localhost."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-the-embedded-installation-of-one-machine-0123456789")
os.environ.setdefault("MAIL_DELIVERY", "page")

from .base import *  # noqa: F403  (a settings module is the sum of its parts)
from .logs import logging_config

DEBUG = env.boolean("DEBUG", False)  # noqa: F405
ALLOWED_HOSTS = ["*"]
EMBEDDED = True
# The demo is on one machine and everybody knows its passwords.
SECOND_FACTOR_REQUIRED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files straight from the tree: collecting and compressing them would cost the start half a minute.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
LOGGING = logging_config(LOG_FORMAT, LOG_LEVEL)  # noqa: F405
