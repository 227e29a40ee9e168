"""Triggers that watch memberships."""

from django.db import migrations

from pneumoscope.accounts.guards import GUARDS
from pneumoscope.common.guards import install


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial"), ("common", "0002_guards")]
    operations = [migrations.RunPython(lambda apps, editor: install(editor.connection, GUARDS), migrations.RunPython.noop)]
