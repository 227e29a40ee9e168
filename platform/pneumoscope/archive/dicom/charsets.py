"""The one text that is read, PatientID, in the file's character set (PS3.5 6.1, PS3.3 C.12.1.1.2)."""

from .elements import Element
from .values import texts

CODECS = {
    "ISO_IR 192": "utf-8",
    "GB18030": "gb18030",
    "GBK": "gbk",
    "ISO_IR 13": "shift_jis",
    "ISO 2022 IR 13": "iso2022_jp_ext",
    "ISO 2022 IR 87": "iso2022_jp_ext",
    "ISO 2022 IR 159": "iso2022_jp_ext",
    "ISO 2022 IR 149": "euc_kr",
    "ISO 2022 IR 58": "iso2022_jp_2",
    "ISO_IR 101": "iso8859_2",
    "ISO_IR 109": "iso8859_3",
    "ISO_IR 110": "iso8859_4",
    "ISO_IR 144": "iso8859_5",
    "ISO_IR 127": "iso8859_6",
    "ISO_IR 126": "iso8859_7",
    "ISO_IR 138": "iso8859_8",
    "ISO_IR 148": "iso8859_9",
    "ISO_IR 166": "iso8859_11",
}
FALLBACK = "latin-1"


def decoded(raw: bytes, character_set: Element | None) -> str:
    """The text of `raw`; bytes that their character set does not know become Latin-1, so that unlike never merges."""
    terms = [CODECS[term] for term in texts(character_set) if term in CODECS] if character_set else []
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    try:
        return raw.decode(terms[-1] if terms else FALLBACK)
    except UnicodeDecodeError:
        return raw.decode(FALLBACK)
