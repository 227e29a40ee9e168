"""Bounds that a foreign file must keep before anything expensive is done with it."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds, spacing in millimeters. Defaults come from measurements on hostile files."""

    pixel_bytes: int = 512 * MIB
    header_bytes: int = 8 * MIB
    elements: int = 50_000
    depth: int = 16
    file_bytes: int = 640 * MIB
    frames: int = 5_000
    fragments: int = 20_000
    inflated_bytes: int = 256 * MIB
    inflate_ratio: int = 200
    inflate_free_bytes: int = 16 * MIB
    decode_memory_bytes: int = GIB
    decode_cpu_s: int = 20
    decode_wall_s: int = 60
    spacing_min_mm: float = 0.01
    spacing_max_mm: float = 10.0


LIMITS = Limits()
