"""Triggers that keep signed readings and labels."""

from django.db import migrations

from annotator.guards import GUARDS
from pneumoscope.common.guards import install


class Migration(migrations.Migration):
    dependencies = [("annotator", "0001_initial"), ("common", "0002_guards")]
    operations = [migrations.RunPython(lambda apps, editor: install(editor.connection, GUARDS), migrations.RunPython.noop)]
