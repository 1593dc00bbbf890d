"""Every setting, read from the environment. docs/operate.md lists them with their defaults."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from portal import env
from portal.databases import database_settings, server_urls

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

# --- the site -------------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", False)
PORT = env.integer("PORT", 8000)
# The address people type. Everything that prints a full URL (push answers, mails, API) builds on it.
SITE_URL = env.text("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
_site = urlsplit(SITE_URL)
SECURE = _site.scheme == "https"
ALLOWED_HOSTS = [_site.hostname or "127.0.0.1", *env.words("ALLOWED_HOSTS")]
if not SECURE:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]


def _secret_key() -> str:
    """SECRET_KEY, or on a single machine one made at first start and kept beside the data."""
    if key := env.text("SECRET_KEY", ""):
        return key
    if SECURE:
        raise ImproperlyConfigured("SECRET_KEY is not set. Make one with: openssl rand -base64 48")
    path = DATA_DIR / "secret_key"
    try:
        if not path.exists():
            DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Cannot write to {DATA_DIR}: {error.strerror}. Choose another folder with DATA_DIR=/some/folder."
        ) from error


SECRET_KEY = _secret_key()

INSTALLED_APPS = [
    "knowledge",
    "portal",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.admin",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "corsheaders",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.StaticFiles",
    "corsheaders.middleware.CorsMiddleware",
    "portal.middleware.ContentSecurityPolicy",
    "portal.middleware.NoNulBytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.BodyLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
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
            ],
        },
    }
]

FORM_RENDERER = "portal.forms.Renderer"

LANGUAGE_CODE = "en"
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True

# --- the servers behind ---------------------------------------------------------------------------------

DATABASE_URL, REDIS_URL = server_urls(DATA_DIR)
DATABASES = {"default": database_settings(DATABASE_URL)}
PREPARES_STATEMENTS = env.flag("PREPARES_STATEMENTS", True)  # not behind PgBouncer by transactions
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
}

CELERY_BROKER_URL = (
    f"redis+socket://{urlsplit(REDIS_URL).path}" if REDIS_URL.startswith("unix:") else REDIS_URL
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_TASK_IGNORE_RESULT = True
# A message only wakes a worker: the job is a row, and the sweeper finds what is lost. Late acknowledgement
# would add nothing but a worker that ends when the broker goes away under a running task.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "ingest"
CELERY_TIMEZONE = "UTC"
CELERY_IMPORTS = [
    "knowledge.pipeline.ingest",
    "knowledge.pipeline.render",
    "knowledge.pipeline.compare",
    "knowledge.pipeline.index",
    "knowledge.pipeline.relating",
    "knowledge.pipeline.sweep",
    "knowledge.pipeline.rebuild",
    "knowledge.pipeline.upkeep",
    "knowledge.pipeline.deliver",
    "knowledge.pipeline.digests",
    "knowledge.pipeline.tagging",
    "knowledge.pipeline.tallying",
    "knowledge.pipeline.warning",
    "knowledge.pipeline.lateness",
]
CELERY_TASK_ROUTES = {
    "knowledge.pipeline.ingest.*": {"queue": "ingest"},
    "knowledge.pipeline.render.*": {"queue": "render"},
    "knowledge.pipeline.deliver.*": {"queue": "notify"},
    "knowledge.pipeline.digests.*": {"queue": "notify"},
    "knowledge.pipeline.warning.*": {"queue": "notify"},
    "knowledge.pipeline.compare.*": {"queue": "render"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "knowledge.pipeline.sweep.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "renew": {"task": "knowledge.pipeline.rebuild.renew", "schedule": 60.0, "options": {"expires": 60}},
    "tags": {"task": "knowledge.pipeline.tagging.upkeep", "schedule": 60.0, "options": {"expires": 60}},
    "stale": {
        "task": "knowledge.pipeline.keeping.ask_for_stale",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "late-data": {"task": "knowledge.pipeline.lateness.look", "schedule": 600.0, "options": {"expires": 600}},
    "upkeep": {
        "task": "knowledge.pipeline.upkeep.tidy_repositories",
        "schedule": crontab(hour="3", minute="0"),
    },
    "forget": {
        "task": "knowledge.pipeline.upkeep.forget_old_rows",
        "schedule": crontab(hour="3", minute="30"),
    },
    "tally": {"task": "knowledge.pipeline.tallying.tally", "schedule": 300.0, "options": {"expires": 300}},
    "tally-night": {
        "task": "knowledge.pipeline.tallying.tally_night",
        "schedule": crontab(hour="0", minute="20"),
    },
    "relate-night": {
        "task": "knowledge.pipeline.relating.relate_night",
        "schedule": crontab(hour="1", minute="0"),
    },
    "words": {
        "task": "knowledge.pipeline.index.count_words_again",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "digests": {"task": "knowledge.pipeline.digests.plan", "schedule": 300.0, "options": {"expires": 300}},
}

# --- content ----------------------------------------------------------------------------------------------

REPOSITORIES_DIR = DATA_DIR / "repositories"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "blobs": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "blobs", "base_url": None},
    },
    "staticfiles": {"BACKEND": "portal.static.BundlingStorage"},
}
if bucket := env.text("S3_BUCKET", ""):
    STORAGES["blobs"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": env.text("S3_ENDPOINT_URL", "") or None},
    }

# Limits of what one push may bring, and of what is rendered. Bytes unless named otherwise.
PUSH_MAX_BYTES = env.integer("PUSH_MAX_BYTES", 2_000_000_000)
PUSH_MAX_FILES = env.integer("PUSH_MAX_FILES", 50_000)
FILE_MAX_BYTES = env.integer("FILE_MAX_BYTES", 200_000_000)
DOCUMENT_MAX_BYTES = env.integer("DOCUMENT_MAX_BYTES", 50_000_000)
PREVIEW_MAX_BRANCHES = env.integer("PREVIEW_MAX_BRANCHES", 50)
PREVIEW_MAX_DOCUMENTS = env.integer("PREVIEW_MAX_DOCUMENTS", 100)
PUSH_ANSWER_SECONDS = env.integer("PUSH_ANSWER_SECONDS", 60)
RENDER_SECONDS = env.integer("RENDER_SECONDS", 60)
RENDER_MEMORY_BYTES = env.integer("RENDER_MEMORY_BYTES", 2_000_000_000)
# For so many days it is known who read what; see docs/reading-figures.md.
READS_KEEP_DAYS = env.integer("READS_KEEP_DAYS", 90)
# What was observed of datasets is kept for so many days, and longer where it matters: docs/datasets.md.
OBSERVATIONS_KEEP_DAYS = env.integer("OBSERVATIONS_KEEP_DAYS", 365)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_TEMP_DIR = None

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static" / "portal"]
VENDOR_DIR = BASE_DIR / "static" / "vendor"

# --- people -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "knowledge.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SIGNUP_OPEN = env.flag("SIGNUP_OPEN", False)
ACCOUNT_ADAPTER = "portal.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# Commits are credited by e-mail address, so nobody takes one that isn't theirs: it is verified by a mail, or
# where the portal sends none, given by the people who run it.
SENDS_MAIL = bool(env.text("EMAIL_HOST", ""))
ACCOUNT_SIGNUP_FIELDS = ["username*", *(["email*"] if SENDS_MAIL else []), "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if SIGNUP_OPEN and SENDS_MAIL else "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_FORMS = {
    "login": "portal.accounts.LoginForm",
    "reset_password": "portal.accounts.ResetPasswordForm",
}
SOCIALACCOUNT_ADAPTER = "portal.accounts.SocialAccountAdapter"
# By a link: our policy (form-action) lets no form lead to another site, and `state` guards the way back.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if oidc_server := env.text("OIDC_SERVER_URL", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "company",
                "name": env.text("OIDC_NAME", "your company's account"),
                "client_id": env.text("OIDC_CLIENT_ID"),
                "secret": env.text("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": oidc_server},
            }
        ],
    }
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Without a mail server nothing is mailed, and the pages say so.
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.integer("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"almanac@{ALLOWED_HOSTS[0]}")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# When the daily and the weekly mail go out, by the clock of TIME_ZONE.
DIGEST_HOUR = int(env.choice("DIGEST_HOUR", "8", [str(hour) for hour in range(24)]))
DIGEST_DAY = env.choice("DIGEST_DAY", "monday", DAYS)
# Whether webhooks may lead into this network, to where this machine gets and others don't.
WEBHOOKS_PRIVATE = env.flag("WEBHOOKS_PRIVATE", False)

# --- safety -----------------------------------------------------------------------------------------------

# The database alone knows who is signed in, so that a lost Valkey signs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE and env.flag("SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
if env.flag("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# Sites that may show insights and figures in frames, beside the portal itself. See docs/dashboards.md.
EMBED_SITES = env.origins("EMBED_SITES")

# --- the API ----------------------------------------------------------------------------------------------

# Requests a minute that one person may send to the API; 0 is no limit.
API_RATE_LIMIT = env.integer("API_RATE_LIMIT", 6000)
# Other sites whose pages may ask it from a browser, with a token; never with the session of who is there.
CORS_ALLOWED_ORIGINS = env.words("API_ORIGINS")
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = [
    "accept", "authorization", "content-type", "if-match", "if-none-match", "idempotency-key",
]  # fmt: skip
CORS_EXPOSE_HEADERS = [
    "Almanac-Truncated", "Deprecation", "ETag", "Idempotency-Replayed", "Link", "Location", "RateLimit-Limit",
    "RateLimit-Remaining", "RateLimit-Reset", "Retry-After",
]  # fmt: skip
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.ScopePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["api.rates.PersonalRate"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.CursorPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.parsers.LenientNegotiation",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "EXCEPTION_HANDLER": "api.exceptions.problem",
    "PAGE_SIZE": 20,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Almanac API",
    "DESCRIPTION": "Posts, what rendering made of them, the numbers in them, and what is said of them.",
    "CONTACT": {"name": "The people who run this portal", "url": SITE_URL},
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "SERVERS": [{"url": SITE_URL, "description": "This portal."}],
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "knowledge.models.space.Role.choices",
        "FindingCode": "api.revisions.FINDING_CODES",
        "TokenScope": "knowledge.models.token.Scope.choices",
        "SubscriptionKind": "api.subscriptions.KINDS",
        "WebhookKind": "api.webhooks.KINDS",
        "RenderingState": "api.revisions.RENDERING_STATES",
        "InsightStatus": "api.insight_shapes.STATES",
        "CampaignItemState": "api.campaigns.STATES",
        "PostStatus": "knowledge.models.post_states.Status.choices",
        "PreviewChange": "api.previews.CHANGES",
        "PushStage": "api.pushes.STATES",
        "QuestionState": "api.questions.STATES",
        "ReviewPolicy": "api.policies.POLICIES",
        "ReviewState": "api.reviews.STATES",
        "VerdictKind": "api.reviews.VERDICTS",
        "CellOp": "api.comparison_shapes.OPS",
        "LineOp": "api.comparison_shapes.LINE_OPS",
        "ValueOp": "api.comparison_shapes.VALUE_OPS",
        "ChannelName": "api.notifications.CHANNELS",
        "NotificationEvent": "api.notifications.EVENTS",
        "DeliveryState": "api.webhook_calls.STATES",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.with_problems",
    ],
}

# Whoever sends it as `Authorization: Bearer ...` may read /metrics; without one, superusers alone.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

# --- logs -------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # A mistyped address is no news to those who run the portal.
    "loggers": {"django.request": {"level": "ERROR"}},
}
