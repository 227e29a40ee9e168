"""Transfer syntaxes and SOP classes that are let in (PS3.6 Annex A), as data."""

from dataclasses import dataclass
from enum import StrEnum


class Codec(StrEnum):
    """Which decoder a transfer syntax needs."""

    NATIVE = "native"
    RLE = "rle"
    JPEG = "jpeg"
    JPEG_LS = "jpeg_ls"
    JPEG_2000 = "jpeg_2000"


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """How bytes of one transfer syntax are read; `lossy_method` is the term of (0028,2114) if it may be lossy."""

    name: str
    codec: Codec
    implicit: bool = False
    little_endian: bool = True
    deflated: bool = False
    lossy_method: str = ""


EXPLICIT_LE = "1.2.840.10008.1.2.1"

TRANSFER_SYNTAXES: dict[str, TransferSyntax] = {
    "1.2.840.10008.1.2": TransferSyntax("Implicit VR Little Endian", Codec.NATIVE, implicit=True),
    EXPLICIT_LE: TransferSyntax("Explicit VR Little Endian", Codec.NATIVE),
    "1.2.840.10008.1.2.1.99": TransferSyntax("Deflated Explicit VR Little Endian", Codec.NATIVE, deflated=True),
    "1.2.840.10008.1.2.2": TransferSyntax("Explicit VR Big Endian", Codec.NATIVE, little_endian=False),
    "1.2.840.10008.1.2.5": TransferSyntax("RLE Lossless", Codec.RLE),
    "1.2.840.10008.1.2.4.50": TransferSyntax("JPEG Baseline", Codec.JPEG, lossy_method="ISO_10918_1"),
    "1.2.840.10008.1.2.4.51": TransferSyntax("JPEG Extended", Codec.JPEG, lossy_method="ISO_10918_1"),
    "1.2.840.10008.1.2.4.57": TransferSyntax("JPEG Lossless", Codec.JPEG),
    "1.2.840.10008.1.2.4.70": TransferSyntax("JPEG Lossless SV1", Codec.JPEG),
    "1.2.840.10008.1.2.4.80": TransferSyntax("JPEG-LS Lossless", Codec.JPEG_LS),
    "1.2.840.10008.1.2.4.81": TransferSyntax("JPEG-LS Near-Lossless", Codec.JPEG_LS, lossy_method="ISO_14495_1"),
    "1.2.840.10008.1.2.4.90": TransferSyntax("JPEG 2000 Lossless", Codec.JPEG_2000),
    "1.2.840.10008.1.2.4.91": TransferSyntax("JPEG 2000", Codec.JPEG_2000, lossy_method="ISO_15444_1"),
    "1.2.840.10008.1.2.4.201": TransferSyntax("HTJ2K Lossless", Codec.JPEG_2000),
    "1.2.840.10008.1.2.4.202": TransferSyntax("HTJ2K Lossless RPCL", Codec.JPEG_2000),
    "1.2.840.10008.1.2.4.203": TransferSyntax("HTJ2K", Codec.JPEG_2000, lossy_method="ISO_15444_15"),
}


class SopKind(StrEnum):
    """The family of an image, which decides its attribute list."""

    CR = "cr"
    DX = "dx"
    CT = "ct"
    ENHANCED_CT = "enhanced_ct"
    SECONDARY = "secondary_capture"


SOP_CLASSES: dict[str, SopKind] = {
    "1.2.840.10008.5.1.4.1.1.1": SopKind.CR,
    "1.2.840.10008.5.1.4.1.1.1.1": SopKind.DX,
    "1.2.840.10008.5.1.4.1.1.1.1.1": SopKind.DX,
    "1.2.840.10008.5.1.4.1.1.2": SopKind.CT,
    "1.2.840.10008.5.1.4.1.1.2.1": SopKind.ENHANCED_CT,
    "1.2.840.10008.5.1.4.1.1.7": SopKind.SECONDARY,
    "1.2.840.10008.5.1.4.1.1.7.2": SopKind.SECONDARY,
    "1.2.840.10008.5.1.4.1.1.7.3": SopKind.SECONDARY,
}

DX_FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
MODALITIES: dict[SopKind, frozenset[str]] = {
    SopKind.CR: frozenset({"CR"}),
    SopKind.DX: frozenset({"DX", "CR"}),
    SopKind.CT: frozenset({"CT"}),
    SopKind.ENHANCED_CT: frozenset({"CT"}),
    SopKind.SECONDARY: frozenset({"CR", "DX", "CT", "OT", "RG", "SC"}),
}
DEFAULT_MODALITY: dict[SopKind, str] = {
    SopKind.CR: "CR",
    SopKind.DX: "DX",
    SopKind.CT: "CT",
    SopKind.ENHANCED_CT: "CT",
    SopKind.SECONDARY: "OT",
}
