"""The settings of `./bo test`: dev's, with cheap passwords, tasks that a test runs itself, and no rate limits."""

from .dev import *  # noqa: F403  (a settings module is the sum of its parts)
from .logs import logging_config

TESTING = True
EMBEDDED = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# No broker in unit tests: a nudge is dropped and the test drains the outbox itself. Tests with a real worker say so.
OUTBOX_NUDGES = False
MAIL_DELIVERY = "page"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False
LOGGING = logging_config("console", "ERROR")
# Static files are not collected for tests; the finders answer.
WHITENOISE_USE_FINDERS = False
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]  # noqa: F405
# The throw-away database of the tests runs without fsync, for speed.
UNSAFE_DATABASE_ALLOWED = True
# Counted requests would make tests depend on one another; the tests of the throttle set rates of their own.
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"credential": None, "anonymous": None}}  # noqa: F405
