"""What can go wrong, as one tree. Each error says what happened and, in `hint`, what to do about it.

CitewellError
├── UsageError           the request itself is wrong: nothing was tried
├── InputError           one article cannot be read: the others of the batch still are
│   └── FetchError           it cannot be fetched from the web (index/sources/errors.py)
├── ModelFileError       a bundled model file is missing or is not the one that was pinned
├── ModelError           a language model fails, or refuses what it is given
└── LibraryError         the library cannot be used
    ├── LibraryNotFound      nothing is there
    ├── LibraryLocked        another process is writing and waiting was declined
    ├── LibraryUnwritable    the folder or disk refuses to be written
    ├── LibraryClosed        it was closed, and is asked again
    ├── LibraryDamaged       the catalogue itself is unreadable
    └── EmbedderMismatch     it was built with another embedder
"""


class CitewellError(Exception):
    """Base of all errors that a user may see: `message`, and `hint` with the way out."""

    retryable = False
    """Whether the same call may succeed later without anything being changed."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CitewellError):
    """Raised when a request or a setting is wrong: an empty question, an unknown article, a bad date."""


class InputError(CitewellError):
    """Raised when one article cannot be read; the message names it."""


class ModelFileError(CitewellError):
    """Raised when a bundled model file is missing or its SHA-256 is not the pinned one."""


class ModelError(CitewellError):
    """Raised when a language model fails or refuses: it cannot be reached, the prompt is too long."""

    def __init__(self, message: str, *, hint: str = "", retryable: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.retryable = retryable


class LibraryError(CitewellError):
    """Raised when a library cannot be used at all."""


class LibraryNotFound(LibraryError):
    """Raised when a library is opened for reading where there is none."""


class LibraryLocked(LibraryError):
    """Raised when another process holds the writer lock and the caller chose not to wait."""

    retryable = True


class LibraryUnwritable(LibraryError):
    """Raised when the library's folder cannot be written: permissions, a full disk."""


class LibraryClosed(LibraryError):
    """Raised when a library is used that was closed."""


class LibraryDamaged(LibraryError):
    """Raised when the catalogue, from which all else is rebuilt, cannot be read."""


class EmbedderMismatch(LibraryError):
    """Raised when a library is opened with another embedder than the one that built it."""
