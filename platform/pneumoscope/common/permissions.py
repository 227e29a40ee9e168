"""The one vocabulary of roles and permissions.

A right follows from facts: a membership of a center, an assignment, the state of a reading.
Here stand the words and what each role may do within its own centers; which rows a user may
see is said by each model's `visible_to(user)`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Roles of a membership; a user may hold several, each in one center."""

    ADMIN = "admin", _("Administrator")
    COORDINATOR = "coordinator", _("Coordinator")
    READER = "reader", _("Reader")
    ADJUDICATOR = "adjudicator", _("Adjudicator")
    DATA_SCIENTIST = "data_scientist", _("Data scientist")
    OBSERVER = "observer", _("Observer")


class Permission(models.TextChoices):
    """What a person may do inside a center."""

    MANAGE_MEMBERS = "manage_members"
    VIEW_AUDIT = "view_audit"
    UPLOAD_CASES = "upload_cases"
    VIEW_CASES = "view_cases"
    MANAGE_PROTOCOLS = "manage_protocols"
    VIEW_PROTOCOLS = "view_protocols"
    READ_CASES = "read_cases"
    ADJUDICATE = "adjudicate"
    VIEW_CONSENSUS = "view_consensus"
    RUN_TRAINING = "run_training"
    VIEW_TRAINING = "view_training"
    VIEW_DASHBOARD = "view_dashboard"
    VIEW_READER_PERFORMANCE = "view_reader_performance"


_P = Permission

# Readers and adjudicators hold no right to consensus, training or reader performance: what they
# may see of a case follows from their own committed reading of it (blinding).
ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    Role.ADMIN: frozenset(Permission) - {_P.READ_CASES, _P.ADJUDICATE},
    Role.COORDINATOR: frozenset(
        {
            _P.UPLOAD_CASES,
            _P.VIEW_CASES,
            _P.MANAGE_PROTOCOLS,
            _P.VIEW_PROTOCOLS,
            _P.VIEW_CONSENSUS,
            _P.VIEW_DASHBOARD,
            _P.VIEW_READER_PERFORMANCE,
        }
    ),
    Role.READER: frozenset({_P.READ_CASES}),
    Role.ADJUDICATOR: frozenset({_P.READ_CASES, _P.ADJUDICATE}),
    Role.DATA_SCIENTIST: frozenset(
        {
            _P.VIEW_CASES,
            _P.VIEW_PROTOCOLS,
            _P.VIEW_CONSENSUS,
            _P.RUN_TRAINING,
            _P.VIEW_TRAINING,
            _P.VIEW_DASHBOARD,
            _P.VIEW_READER_PERFORMANCE,
        }
    ),
    Role.OBSERVER: frozenset({_P.VIEW_DASHBOARD}),
}

# Rights that would show a reader what blinding hides.
UNBLINDING = frozenset(
    {_P.VIEW_CONSENSUS, _P.VIEW_TRAINING, _P.VIEW_DASHBOARD, _P.VIEW_READER_PERFORMANCE, _P.RUN_TRAINING}
)
