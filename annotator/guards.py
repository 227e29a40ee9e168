"""Database triggers of the reading rooms (see pneumoscope.common.guards)."""

from pneumoscope.common.guards import Frozen, Guard, Watched

GUARDS: tuple[Guard, ...] = (
    Frozen("annotator_reading", "a signed reading never changes: amend it", when="OLD.state = 'signed'"),
    Frozen("annotator_readingevent", "saved changes are append-only"),
    Frozen("annotator_labelrevision", "labels are append-only: add a revision"),
    # A draft moves by revisions, each with its own append-only ReadingEvent; only signing and
    # data that changed without a new revision are watched here.
    Watched(
        "annotator_reading",
        "annotator.reading",
        changed="NEW.state <> OLD.state OR "
        "(CAST(NEW.data AS TEXT) <> CAST(OLD.data AS TEXT) AND NEW.revision <= OLD.revision)",
    ),
    Watched("annotator_labelrevision", "annotator.labelrevision", changed="TRUE"),
    Watched("annotator_studyprotocol", "annotator.studyprotocol", changed="NEW.state <> OLD.state"),
)
