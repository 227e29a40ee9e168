"""What a coordinator should know about an accepted image; a closed list, stored with the instance."""

from enum import StrEnum


class Flag(StrEnum):
    """A remark on an image that was let in; never renamed."""

    SIMULATED = "simulated"
    NEEDS_PIXEL_REVIEW = "needs_pixel_review"
    BURNED_IN_DECLARED = "burned_in_declared"
    SECONDARY_CAPTURE = "secondary_capture"
    NOT_FOR_PRESENTATION = "not_for_presentation"
    NON_FRONTAL_VIEW = "non_frontal_view"
    VIEW_UNKNOWN = "view_unknown"
    UNUSUAL_ORIENTATION = "unusual_orientation"
    MISSING_SPACING = "missing_spacing"
    IMPLAUSIBLE_SPACING = "implausible_spacing"
    SPACING_CONFLICT = "spacing_conflict"
    MISSING_PATIENT_ID = "missing_patient_id"
    MISSING_RESCALE = "missing_rescale"
    MULTI_FRAME = "multi_frame"
    LOSSY = "lossy"
    OVERLAYS_DROPPED = "overlays_dropped"
    VOI_LUT_DROPPED = "voi_lut_dropped"
    MODALITY_CORRECTED = "modality_corrected"
