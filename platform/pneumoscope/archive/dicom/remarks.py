"""Remarks on an accepted image: what a coordinator or a reader must know (PS3.3 C.8.11.5, C.7.6.1.1.1, 10.7)."""

from pydicom.dataset import Dataset

from .flags import Flag
from .gate import Opened
from .syntaxes import DX_FOR_PROCESSING, SopKind

SIMULATOR = "Pneumoscope simulator"
FRONTAL_VIEWS = frozenset({"PA", "AP"})
FRONTAL_MEANINGS = frozenset({"postero-anterior", "antero-posterior", "frontal"})
PROJECTIONS = frozenset({SopKind.CR, SopKind.DX, SopKind.SECONDARY})
UPRIGHT_ORIENTATION = ["L", "F"]


def remarks(dataset: Dataset, opened: Opened) -> set[Flag]:
    """All remarks on one image, from its new data set and its header."""
    return _pixel_remarks(dataset, opened) | _view_remarks(dataset, opened) | _spacing_remarks(opened)


def _pixel_remarks(dataset: Dataset, opened: Opened) -> set[Flag]:
    header = opened.header
    burned_in = header.burned_in_annotation.upper().startswith("Y")
    secondary = header.kind is SopKind.SECONDARY or dataset.ImageType[1] == "SECONDARY"
    found = {
        Flag.SIMULATED: dataset.get("Manufacturer") == SIMULATOR,
        Flag.BURNED_IN_DECLARED: burned_in,
        Flag.SECONDARY_CAPTURE: secondary,
        Flag.NEEDS_PIXEL_REVIEW: burned_in or secondary,
        Flag.NOT_FOR_PRESENTATION: header.sop_class_uid == DX_FOR_PROCESSING,
        Flag.MULTI_FRAME: header.pixels.frames > 1,
        Flag.LOSSY: dataset.get("LossyImageCompression") == "01",
        Flag.OVERLAYS_DROPPED: any(0x60000000 <= tag < 0x601F0000 for tag in opened.tree),
        Flag.VOI_LUT_DROPPED: 0x00283010 in opened.tree and "VOILUTSequence" not in dataset,
        Flag.MISSING_RESCALE: header.kind is SopKind.CT
        and "RescaleSlope" not in dataset
        and "ModalityLUTSequence" not in dataset,
    }
    return {flag for flag, holds in found.items() if holds}


def _view_remarks(dataset: Dataset, opened: Opened) -> set[Flag]:
    if opened.header.kind not in PROJECTIONS:
        return set()
    view = dataset.get("ViewPosition") or ""
    meanings = {item.CodeMeaning for item in dataset.get("ViewCodeSequence") or []}
    flags: set[Flag] = set()
    if not view and not meanings:
        flags.add(Flag.VIEW_UNKNOWN)
    elif (view and view not in FRONTAL_VIEWS) or (meanings and not meanings & FRONTAL_MEANINGS):
        flags.add(Flag.NON_FRONTAL_VIEW)
    orientation = [str(value) for value in dataset.get("PatientOrientation") or []]
    if orientation and orientation != UPRIGHT_ORIENTATION and Flag.NON_FRONTAL_VIEW not in flags:
        flags.add(Flag.UNUSUAL_ORIENTATION)
    return flags


def _spacing_remarks(opened: Opened) -> set[Flag]:
    spacing = opened.header.spacing
    found = {
        Flag.MISSING_SPACING: not spacing.known,
        Flag.IMPLAUSIBLE_SPACING: spacing.implausible,
        Flag.SPACING_CONFLICT: spacing.conflict,
    }
    return {flag for flag, holds in found.items() if holds}
