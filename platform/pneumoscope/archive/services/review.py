"""The human look at pixels that may show a name."""

from datetime import datetime
from typing import Any

from django.db import transaction

from pneumoscope.common import audit

from ..models import Instance


def release(*, instance: Instance, actor: Any, now: datetime) -> bool:
    """Release a quarantined film; False when it was released already."""
    with transaction.atomic():
        released = Instance.objects.filter(pk=instance.pk, needs_pixel_review=True).update(needs_pixel_review=False)
        if released:
            center_id = instance.series.study.center_id
            audit.record(actor=actor, action="instance.released", target=instance, at=now, center_id=center_id)
    return bool(released)
