"""Centers, people, and what they may do."""

from .centers import Center, Membership
from .users import Invitation, ReaderQualification, User

__all__ = ["Center", "Invitation", "Membership", "ReaderQualification", "User"]
