"""The order in which each reader gets the cases: random, different for every reader, and reproducible."""

import hmac
from collections.abc import Sequence


def reading_rank(*, secret: bytes, reader_id: str, case_id: str) -> str:
    """A keyed hash (HMAC-SHA-256, hex) of reader and case; cases are read in the order of their ranks.

    Lengths go into the message, so that no two pairs of ids share one message.
    """
    message = f"{len(reader_id)}:{reader_id}{len(case_id)}:{case_id}".encode()
    return hmac.new(secret, message, "sha256").hexdigest()


def reading_order(*, secret: bytes, reader_id: str, batches: Sequence[Sequence[str]]) -> list[str]:
    """The cases of all batches in this reader's order; a batch appended later comes after the earlier ones.

    A case that an earlier batch holds keeps its first place.
    """
    order: list[str] = []
    for batch in batches:
        new = set(batch) - set(order)
        order += sorted(new, key=lambda case_id: reading_rank(secret=secret, reader_id=reader_id, case_id=case_id))
    return order
