"""Rows of the content-addressed store."""

from django.db import models


class Blob(models.Model):
    """A file of the store, named by the SHA-256 of its bytes; the row is written after the file."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256[:12]
