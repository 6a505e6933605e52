"""What can go wrong on the way to a document. Each names the address; none ends the batch."""

from __future__ import annotations

from index.errors import InputError


class FetchError(InputError):
    """Raised when a document cannot be fetched: refused, missing, too slow, too large, of a wrong kind."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        retryable: bool = False,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.retryable = retryable
        self.status = status
        """What the server answered, where it is for that that there is no document."""
        self.retry_after = retry_after
        """Seconds that the server asks to be left alone."""

    def of(self, what: str) -> FetchError:
        """The same error, said of something."""
        return type(self)(
            f"{what}: {self.message}",
            hint=self.hint,
            retryable=self.retryable,
            status=self.status,
            retry_after=self.retry_after,
        )


class AddressRefused(FetchError):
    """Raised when an address is one that we do not fetch from, whatever is there: a setting decides it."""
