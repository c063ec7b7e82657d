"""What every installation shares. Values come from the environment; see env.py for how a wrong one is refused."""

from pathlib import Path

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from . import env

BASE_DIR = Path(__file__).resolve().parents[2]

VERSION = "0.1.0"
DEBUG = False
SECRET_KEY = env.text("SECRET_KEY", "")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000")

INSTALLED_APPS = [
    "backoffice.apps.BackofficeConfig",
    "backoffice.core.apps.CoreConfig",
    "inventory",
    "warehouse",
    "orders",
    "returns",
    "reporting",
    "integrations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "django_structlog",
    "bootstrap",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backoffice.core.api.edges.ProblemEdge",
    "csp.middleware.CSPMiddleware",
    "backoffice.core.ui.entrance.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backoffice.core.middleware.ActorMiddleware",
    "backoffice.core.middleware.PlaceMiddleware",
    "backoffice.core.ui.entrance.DutyMiddleware",
    "backoffice.core.middleware.ProblemMiddleware",
]

ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
ASGI_APPLICATION = "backoffice.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "backoffice.core.ui.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------------------
# READ COMMITTED is a requirement: availability is counted under a lock, and a snapshot older than the lock oversells.
# Server-side cursors and session state break behind a transaction pooler, so neither is used.
DATABASES = {
    "default": env.database()
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": env.integer("DATABASE_CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASE_TIMEOUTS = {
    "lock_timeout": env.integer("DATABASE_LOCK_TIMEOUT_MS", 3_000, least=100),
    "statement_timeout": env.integer("DATABASE_STATEMENT_TIMEOUT_MS", 30_000, least=0),
    "idle_in_transaction_session_timeout": env.integer("DATABASE_IDLE_TIMEOUT_MS", 60_000, least=1_000),
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["options"] = " ".join(f"-c {name}={value}" for name, value in DATABASE_TIMEOUTS.items())
if env.boolean("DATABASE_POOLER", False):
    # A transaction pooler forwards no start-up options; the same limits are then set on the role (docs/scaling.md).
    del DATABASES["default"]["OPTIONS"]["options"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker, cache, tasks -------------------------------------------------------------------------------------------
REDIS = env.Redis(env.text("REDIS_URL"))
CACHES = {
    "default": {
        "BACKEND": "backoffice.core.caches.ForgivingRedisCache",
        "LOCATION": REDIS.cache(),
        "KEY_PREFIX": "bo",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
# Sessions live in the database: whoever wipes the broker logs nobody out.
SESSION_ENGINE = "backoffice.core.sessions"

CELERY_BROKER_URL = REDIS.celery()
CELERY_RESULT_BACKEND = REDIS.celery(2)
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
# Longer than the longest task limit, or a task that is still running would be started a second time.
_VISIBILITY = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "retry_on_timeout": False,
}
CELERY_BROKER_TRANSPORT_OPTIONS = _VISIBILITY
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = _VISIBILITY
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "backoffice.core.run_job": {"queue": "long"},
}
CELERY_BEAT_SCHEDULE_FILENAME = env.text("BEAT_FILE", str(BASE_DIR / ".bo" / "beat"))
CELERY_BEAT_SCHEDULE = {
    "drain outbox": {"task": "backoffice.core.drain_outbox", "schedule": 3.0, "options": {"expires": 30}},
    "sweep jobs": {"task": "backoffice.core.sweep_jobs", "schedule": 10.0, "options": {"expires": 30, "queue": "long"}},
    "canary": {"task": "backoffice.core.canary", "schedule": 10.0, "options": {"expires": 20}},
    "canary of long work": {
        "task": "backoffice.core.canary",
        "schedule": 10.0,
        "kwargs": {"queue_name": "long"},
        "options": {"expires": 20, "queue": "long"},
    },
    "send messages": {"task": "backoffice.core.send_messages", "schedule": 10.0, "options": {"expires": 30}},
    "overdue jobs": {"task": "backoffice.core.tell_overdue_jobs", "schedule": 60.0, "options": {"expires": 60}},
    "prune": {"task": "backoffice.core.prune", "schedule": 3600.0, "options": {"expires": 600}},
}
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "backoffice.core.ui.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Failures are counted in the database (services/sign_in.py). These keep floods away from it.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key", "login": "60/m/ip"}
ACCOUNT_FORMS = {"reset_password": "backoffice.core.ui.forms.sign_in.AskForLinkForm"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
PASSWORD_RESET_TIMEOUT = 24 * 3600
# How many proxies stand before the web server; as many of the last addresses in X-Forwarded-For are believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXIES", 0, least=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Back office"
MFA_ADAPTER = "backoffice.core.ui.accounts.MultiFactorAdapter"
MFA_FORMS = {
    "authenticate": "backoffice.core.ui.forms.sign_in.CodeForm",
    "reauthenticate": "backoffice.core.ui.forms.sign_in.CodeAgainForm",
}
# Addresses are written by those who manage people, not by whoever signs up; there is nothing to confirm.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Roles may ask for a second factor (administrator and accountant do from the start).
SECOND_FACTOR_REQUIRED = env.boolean("SECOND_FACTOR_REQUIRED", True)
SESSION_COOKIE_AGE = 12 * 3600
# Somebody who did nothing for so long is signed out: long enough for a lunch, too short for a night.
SESSION_IDLE_AGE = env.integer("SESSION_IDLE_MINUTES", 240, least=5) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "backoffice.core.ui.errors.csrf_failure"

# --- secrets --------------------------------------------------------------------------------------------------------
SECRET_KEY_RING = env.key_ring("SECRET_KEY_RING", "dev:" + "A" * 43 + "=")

# --- files ----------------------------------------------------------------------------------------------------------
FILES_ROOT = Path(env.text("BACKOFFICE_FILES_ROOT", str(BASE_DIR / ".bo" / "files")))
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_485_760
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_PERMISSIONS = 0o640
# A TrueType font for labels in other scripts than Latin; empty looks for DejaVu, Noto and the like on the machine.
LABEL_FONT = env.text("LABEL_FONT", "")
UPLOAD_LIMIT = env.integer("UPLOAD_LIMIT_BYTES", 200 * 1024 * 1024)

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / ".bo" / "static")))
STATICFILES_DIRS = [BASE_DIR / "backoffice" / "static"]

# --- mail -----------------------------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Back office <backoffice@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
# "page": mails are kept for the page that shows them and nothing leaves the house (the embedded mode).
MAIL_DELIVERY = env.choice("MAIL_DELIVERY", "smtp", ("smtp", "page"))

# --- words, numbers, time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.text("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("he", _("Hebrew")), ("fr", _("French")), ("pl", _("Polish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True

# --- REST -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backoffice.core.api.authentication.KeyAuthentication",
        "backoffice.core.api.authentication.ConsoleAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["backoffice.core.api.permissions.ActorMay"],
    "DEFAULT_PARSER_CLASSES": ["backoffice.core.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "backoffice.core.api.paging.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["backoffice.core.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "backoffice.core.api.schema.BackofficeSchema",
    "DEFAULT_THROTTLE_CLASSES": ["backoffice.core.api.throttles.CredentialThrottle"],
    "DEFAULT_THROTTLE_RATES": {"credential": env.text("API_RATE", "600/min"), "anonymous": "30/min"},
    "EXCEPTION_HANDLER": "backoffice.core.api.problems.handle",
    "DEFAULT_VERSIONING_CLASS": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Back office API",
    "DESCRIPTION": "Orders, stock, warehouse work and documents. Every write takes an Idempotency-Key.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "SORT_OPERATIONS": True,
    # The choices of a field stand where the field stands: a name of their own would have to be kept free of collisions.
    "POSTPROCESSING_HOOKS": [],
}

# --- browser --------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"


# --- logs -----------------------------------------------------------------------------------------------------------
LOG_FORMAT = env.choice("LOG_FORMAT", "json", ("json", "console"))
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
# auth.W004: mail addresses are unique without regard to case, by a constraint that Django's check does not read.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
