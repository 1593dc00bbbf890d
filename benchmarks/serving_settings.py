"""The portal's settings with three more addresses: views that do nothing, to measure against."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.serving_urls"
ALLOWED_HOSTS = ["127.0.0.1"]
API_RATE_LIMIT = 0  # no client of a benchmark waits
