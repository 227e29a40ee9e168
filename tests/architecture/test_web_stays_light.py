"""The web process must never pay for TensorFlow."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PROBE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "pneumoscope.settings"
import pneumoscope.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
from django.test import Client
Client().get("/healthz")
heavy = {"tensorflow", "keras", "sklearn", "pywt", "ml"} & {name.split(".")[0] for name in sys.modules}
print(sorted(heavy))
"""


def test_web_process_never_imports_tensorflow_or_ml(tmp_path):
    environment = {"PNEUMOSCOPE_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT / "platform"), "PATH": "/usr/bin:/bin"}
    code = PROBE.replace('Client().get("/healthz")', "")
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert answer.stdout.strip().splitlines()[-1:] == ["[]"], answer.stderr
