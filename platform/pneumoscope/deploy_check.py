"""`python -m pneumoscope.deploy_check`: Django's deployment check under production settings.

Runs with throw-away secrets in a throw-away folder; any warning is an error.
"""

import os
import secrets
import subprocess
import sys
import tempfile

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PNEUMOSCOPE_ENV": "production",
            "PNEUMOSCOPE_DATA_DIR": folder,
            "ALLOWED_HOSTS": "pneumoscope.example.org",
            **{name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "DEIDENTIFICATION_KEY", "SPLIT_KEY")},
        }
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        sys.exit(subprocess.call(command, env=environment))
