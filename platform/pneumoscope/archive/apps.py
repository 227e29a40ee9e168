"""Application registry entry."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "pneumoscope.archive"
    label = "archive"
