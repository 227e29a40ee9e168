"""Pixel spacing of an image: which attribute counts, and whether it is sane (PS3.3 10.7)."""

from dataclasses import dataclass

from .elements import Tree
from .limits import LIMITS
from .syntaxes import SopKind
from .values import decimals

PIXEL_SPACING = 0x00280030
IMAGER_PIXEL_SPACING = 0x00181164
NOMINAL_SCANNED_PIXEL_SPACING = 0x00182010
SOURCES = {"pixel": PIXEL_SPACING, "imager": IMAGER_PIXEL_SPACING, "scanned": NOMINAL_SCANNED_PIXEL_SPACING}
SHARED_FUNCTIONAL_GROUPS = 0x52009229
PER_FRAME_FUNCTIONAL_GROUPS = 0x52009230
PIXEL_MEASURES = 0x00289110
RELATIVE_DIFFERENCE_OF_CONFLICT = 0.01


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance in mm between rows (`row_mm`) and between columns (`column_mm`); None when unknown.

    `source` says which attribute counts: "pixel" (calibrated, or CT), "imager" (at the detector) or "scanned"
    (digitized film).
    """

    row_mm: float | None = None
    column_mm: float | None = None
    implausible: bool = False
    conflict: bool = False
    source: str = ""

    @property
    def known(self) -> bool:
        """True if both distances are known."""
        return self.row_mm is not None and self.column_mm is not None


def plausible(pair: tuple[float, ...]) -> bool:
    """True if both distances lie in the range of radiographs and CT."""
    return all(LIMITS.spacing_min_mm <= value <= LIMITS.spacing_max_mm for value in pair)


def read_spacing(tree: Tree, *, kind: SopKind, little_endian: bool = True) -> Spacing:
    """Calibrated PixelSpacing before ImagerPixelSpacing before the scanner's; zero and absurd values count as none."""
    holder = _pixel_measures(tree) if kind is SopKind.ENHANCED_CT else tree
    found = {name: decimals(holder, tag, count=2, little_endian=little_endian) for name, tag in SOURCES.items()}
    sane = {name: pair for name, pair in found.items() if pair is not None and plausible(pair)}
    implausible = any(pair is not None and max(pair) > 0 and not plausible(pair) for pair in found.values())
    if not sane:
        return Spacing(implausible=implausible)
    source, pair = next(iter(sane.items()))
    return Spacing(pair[0], pair[1], implausible, _conflict(list(sane.values())), source)


def _conflict(pairs: list[tuple[float, ...]]) -> bool:
    first = pairs[0]
    return any(
        abs(a - b) > RELATIVE_DIFFERENCE_OF_CONFLICT * a for pair in pairs[1:] for a, b in zip(first, pair, strict=True)
    )


def _pixel_measures(tree: Tree) -> Tree:
    """The first PixelMeasures item of the shared, else the per-frame functional groups; empty when there is none."""
    for tag in (SHARED_FUNCTIONAL_GROUPS, PER_FRAME_FUNCTIONAL_GROUPS):
        groups = tree.get(tag)
        for group in (groups.items or [])[:1] if groups else []:
            measures = group.get(PIXEL_MEASURES)
            if measures is not None and measures.items:
                return measures.items[0]
    return {}
