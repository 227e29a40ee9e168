"""Application registry entry."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "pneumoscope.accounts"
    label = "accounts"
