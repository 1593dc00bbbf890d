"""The site: settings, and the pages people read."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
