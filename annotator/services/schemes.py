"""Publishing reading schemes."""

import json
from datetime import datetime

from annotator.domain.scheme import Scheme, load_scheme
from annotator.models import SchemeVersion


class SchemeChangedError(ValueError):
    """A published scheme's content differs from what was published under the same version."""


def publish_scheme(*, scheme_id: str, now: datetime, version: str | None = None) -> SchemeVersion:
    """The row of a published scheme version; made once, verified ever after. Raises SchemeChangedError."""
    scheme = load_scheme(scheme_id=scheme_id, version=version)
    row, _ = SchemeVersion.objects.get_or_create(
        scheme_id=scheme.id,
        version=scheme.version,
        defaults={"sha256": scheme.sha256, "content": json.loads(scheme.canonical_json), "published_at": now},
    )
    if row.sha256 != scheme.sha256:
        raise SchemeChangedError(
            f"{row} was published with SHA-256 {row.sha256[:12]}, but its data now has {scheme.sha256[:12]}. "
            "Restore the data, or publish it under a new version."
        )
    return row


def scheme_of(row: SchemeVersion) -> Scheme:
    """The scheme that a reading is bound to."""
    return load_scheme(scheme_id=row.scheme_id, version=row.version)
