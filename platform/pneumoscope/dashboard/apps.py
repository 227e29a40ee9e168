"""Application registry entry."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "pneumoscope.dashboard"
    label = "dashboard"
