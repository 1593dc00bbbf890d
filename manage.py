#!/usr/bin/env python3
"""The one command line of Almanac: `manage.py up`, `migrate`, `create_token` and the rest."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed for this Python. Run `make run`, or use .venv/bin/python manage.py."
        )
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as reason:  # a setting is wrong or missing, and the message says what to do
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
