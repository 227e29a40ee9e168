"""DICOM in and out: header gate, bounded decoding, de-identification, rendition. No Django, no ORM, no settings."""
