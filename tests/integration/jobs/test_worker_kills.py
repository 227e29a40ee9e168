"""No job is lost and none takes effect twice, however often the worker is killed."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[3]
JOBS, KILLS = 200, 10


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / "platform"), str(ROOT / "tests" / "support")]
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "BROKER_URL"}}
    return {
        **kept,
        "PNEUMOSCOPE_DATA_DIR": str(data_dir),
        "PYTHONPATH": os.pathsep.join(paths),
        "JOB_LEASE_S": "5",
        "JOB_SWEEP_INTERVAL_S": "1",
        "LOG_LEVEL": "ERROR",
        **more,
    }


def run_kills(env: dict[str, str]) -> dict[str, int]:
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    driver = [sys.executable, "tests/support/kill_driver.py", str(JOBS), str(KILLS)]
    answer = subprocess.run(driver, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=400)
    result = json.loads(answer.stdout.strip().splitlines()[-1])
    print(result)
    return result


EXPECTED = {"jobs": JOBS, "done": JOBS, "effects": JOBS, "doubled": 0, "kills": KILLS}


@pytest.mark.slow
def test_killed_workers_lose_no_job_on_sqlite_and_the_file_system(tmp_path):
    assert run_kills(environment(tmp_path)) == EXPECTED


@pytest.fixture
def services() -> dict[str, str]:
    """A database and a broker of their own on the required services."""
    url, broker = os.environ.get("SERVICES_DATABASE_URL"), os.environ.get("SERVICES_BROKER_URL")
    if not url or not broker:
        message = "PostgreSQL and Redis not tried: set SERVICES_DATABASE_URL and SERVICES_BROKER_URL"
        if os.environ.get("PNEUMOSCOPE_REQUIRE_SERVICES") == "1":
            pytest.fail(message)
        pytest.skip(message)
    name = f"pneumoscope_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}")), "BROKER_URL": broker}
    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.slow
@pytest.mark.services
def test_killed_workers_lose_no_job_on_postgresql_and_redis(tmp_path, services):
    assert run_kills(environment(tmp_path, **services)) == EXPECTED
