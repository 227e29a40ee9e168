"""Database triggers of the accounts (see pneumoscope.common.guards)."""

from pneumoscope.common.guards import Guard, Watched

GUARDS: tuple[Guard, ...] = (
    Watched(
        "accounts_membership",
        "accounts.membership",
        changed="NEW.role <> OLD.role OR NEW.is_active <> OLD.is_active OR NEW.user_id <> OLD.user_id "
        "OR NEW.center_id <> OLD.center_id",
    ),
)
