"""What can go wrong with a workspace's store, in sentences that say how to mend it."""


class StoreError(ValueError):
    """The store cannot do what was asked."""


class WrongKeyError(StoreError):
    """The workspace key does not open this workspace."""


class NewerDatabaseError(StoreError):
    """The database was made by a newer version of Digital Persona."""


class UnansweredError(StoreError):
    """The database did not answer: it is busy, full, damaged or out of reach. Later it may."""


class ConflictError(StoreError):
    """Somebody else changed the same thing first."""


class FileMissingError(StoreError):
    """A file that the database names is not in the store."""


class FileDamagedError(StoreError):
    """A file's bytes are not those it was kept for."""


class FileTooLargeError(StoreError):
    """A file is larger than was allowed."""
