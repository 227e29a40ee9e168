"""The two commands that find what was tampered with or lost."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from factories import NOW, make_center

from pneumoscope.common import audit, blobs
from pneumoscope.common.models import AuditEvent, AuditHead

pytestmark = pytest.mark.django_db


def append(count: int) -> None:
    center = make_center()
    for _ in range(count):
        with transaction.atomic():
            audit.record(actor=None, action="test", target=center, at=NOW)


def tamper(sql: str) -> None:
    """As somebody would who may drop triggers."""
    with connection.cursor() as cursor:
        for event in ("update", "delete"):
            name = f"guard_frozen_common_auditevent_{event}"
            on = " ON common_auditevent" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
        cursor.execute(sql)


def test_untouched_chain_verifies(capsys):
    append(5)
    call_command("audit_verify")
    assert "5 events, unbroken" in capsys.readouterr().out


def test_edited_event_is_found():
    append(5)
    tamper("UPDATE common_auditevent SET action = 'other' WHERE sequence = 3")
    with pytest.raises(CommandError, match="event 3 was changed"):
        call_command("audit_verify")


def test_removed_event_is_found():
    append(5)
    tamper("DELETE FROM common_auditevent WHERE sequence = 3")
    with pytest.raises(CommandError, match="event 3 is missing"):
        call_command("audit_verify")


def test_cut_end_is_found_against_a_head_kept_elsewhere():
    append(5)
    head = AuditHead.objects.get().hash
    tamper("DELETE FROM common_auditevent WHERE sequence > 3")
    last = AuditEvent.objects.get(sequence=3)
    AuditHead.objects.update(sequence=3, hash=last.hash)
    call_command("audit_verify")
    with pytest.raises(CommandError, match="end were removed"):
        call_command("audit_verify", head=head)


@pytest.fixture
def _own_store(settings, tmp_path):
    settings.BLOB_DIR = tmp_path


@pytest.mark.usefixtures("_own_store")
def test_flipped_bit_and_lost_file_are_found_and_orphans_removed(capsys):
    kept, flipped, lost = (blobs.put(text, media_type="text/plain") for text in (b"kept", b"flipped", b"lost"))
    path = blobs.local_path(flipped.sha256)
    path.write_bytes(b"fliPped")
    blobs.local_path(lost.sha256).unlink()
    orphan = path.parent.parent / "incoming" / "part-of-a-killed-writer"
    orphan.write_bytes(b"half")
    with pytest.raises(CommandError) as failure:
        call_command("storage_verify", repair=True)
    assert f"damaged: {flipped.sha256}" in str(failure.value)
    assert f"missing: {lost.sha256}" in str(failure.value)
    assert kept.sha256 not in str(failure.value)
    assert not orphan.exists()
    assert "1 removed" in capsys.readouterr().out
