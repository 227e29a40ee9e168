"""WSGI entry point: gunicorn pneumoscope.wsgi."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pneumoscope.settings")
application = get_wsgi_application()
