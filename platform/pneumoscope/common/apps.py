"""Application registry entry."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "pneumoscope.common"
    label = "common"
