"""The site's routes, composed here alone."""

import importlib.util

from django.urls import include, path

from . import views

_ROOMS = [
    ("people/", "pneumoscope.accounts.urls"),
    ("archive/", "pneumoscope.archive.urls"),
    ("dicom-web/", "pneumoscope.archive.dicomweb_urls"),
    ("", "annotator.urls"),
    ("training/", "pneumoscope.training.urls"),
    ("dashboard/", "pneumoscope.dashboard.urls"),
    ("system/", "pneumoscope.common.urls"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    *(path(prefix, include(module)) for prefix, module in _ROOMS if importlib.util.find_spec(module)),
]
