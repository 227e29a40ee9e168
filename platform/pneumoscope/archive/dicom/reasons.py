"""The closed list of reasons for which a file is refused, and the one error that carries them."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a file (or an archive that holds files) was refused; stored with the upload report, so never renamed."""

    EMPTY_FILE = "empty_file"
    NOT_DICOM = "not_dicom"
    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    TRANSFER_SYNTAX_MISMATCH = "transfer_syntax_mismatch"
    UNSUPPORTED_TRANSFER_SYNTAX = "unsupported_transfer_syntax"
    UNSUPPORTED_SOP_CLASS = "unsupported_sop_class"
    TOO_LARGE = "too_large"
    HEADER_TOO_LARGE = "header_too_large"
    TOO_MANY_ELEMENTS = "too_many_elements"
    TOO_DEEP = "too_deep"
    INFLATE_BOMB = "inflate_bomb"
    INVALID_UID = "invalid_uid"
    INVALID_PIXEL_DESCRIPTION = "invalid_pixel_description"
    COLOR_IMAGE = "color_image"
    NO_PIXEL_DATA = "no_pixel_data"
    PIXEL_LENGTH_MISMATCH = "pixel_length_mismatch"
    UNDECODABLE_PIXELS = "undecodable_pixels"
    DECODER_LIMIT = "decoder_limit"
    IDENTIFYING_PIXELS_SUSPECTED = "identifying_pixels_suspected"
    INVALID_SPACING = "invalid_spacing"
    INVALID_LABEL = "invalid_label"
    ZIP_UNSAFE = "zip_unsafe"
    ZIP_TOO_LARGE = "zip_too_large"
    ZIP_ENCRYPTED = "zip_encrypted"
    ZIP_DAMAGED = "zip_damaged"
    NESTED_ARCHIVE = "nested_archive"
    DICOMDIR = "dicomdir"


class Rejected(ValueError):
    """A file that is refused: a reason from the closed list and a sentence that says what came and how to repair it.

    The detail never quotes a text value of the file, because any of them may name a patient.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
