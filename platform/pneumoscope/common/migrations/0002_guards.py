"""Triggers that keep the audit trail append-only."""

from django.db import migrations

from pneumoscope.common.guards import GUARDS, install


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]
    operations = [migrations.RunPython(lambda apps, editor: install(editor.connection, GUARDS), migrations.RunPython.noop)]
