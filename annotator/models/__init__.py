"""Reading studies: protocols, cases, assignments, readings, labels."""

from .labels import LabelRevision
from .protocols import Case, SchemeVersion, StudyProtocol
from .readings import Assignment, Reading, ReadingEvent

__all__ = ["Assignment", "Case", "LabelRevision", "Reading", "ReadingEvent", "SchemeVersion", "StudyProtocol"]
