"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# Brings in every view now, once, before gunicorn forks: else each of its processes does so during its first
# request, which then takes seconds, and none of that memory is shared.
reverse("health-live")
