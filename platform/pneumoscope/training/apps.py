"""Application registry entry."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "pneumoscope.training"
    label = "training"
