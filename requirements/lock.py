"""Compile one locked requirements file: `python requirements/lock.py NAME:EXTRA,EXTRA`."""

import subprocess
import sys

name, _, extras = sys.argv[1].partition(":")
command = [sys.executable, "-m", "uv", "pip", "compile", "--generate-hashes", "--python-version", "3.11"]
command += ["--no-annotate", "--no-header", "--quiet", "pyproject.toml", "-o", f"requirements/{name}.txt"]
command += [part for extra in extras.split(",") if extra for part in ("--extra", extra)]
sys.exit(subprocess.call(command))
