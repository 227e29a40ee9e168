"""Application registry entry."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CommonConfig(AppConfig):
    name = "pneumoscope.common"
    label = "common"

    def ready(self) -> None:
        # Every process that asks for work knows the kinds of work, not the workers alone.
        autodiscover_modules("tasks")
