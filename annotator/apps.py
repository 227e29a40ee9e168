"""Application registry entry."""

from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"
    label = "annotator"
