"""Errors that the domain anticipates. Each says what came, what was expected and how to repair it."""


class DomainError(Exception):
    """Base of every anticipated error of the reading domain."""


class SchemeError(DomainError):
    """The data of a scheme does not hold together."""


class UnknownSchemeError(SchemeError):
    """No published scheme has this name or version."""


class SchemeAlteredError(SchemeError):
    """The data of a published version is not what was published."""


class UnknownSettingError(DomainError):
    """A setting that the scheme does not have, or a value that it does not allow."""


class MisshapenReadingError(DomainError):
    """A reading holds a field, a type or an option that the scheme does not know."""


class MisshapenFileError(DomainError):
    """A file given to a command is missing or not of the documented shape."""


class InvalidSummaryError(DomainError):
    """A reading cannot be summarized for consensus."""


class UnknownRuleError(DomainError):
    """No consensus rule has this name."""
