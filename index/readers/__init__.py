"""Files into articles: find them, then read each by its format.

Every failure is an `InputError` that names the file and says what to do; no other exception leaves here,
whatever the bytes are.
"""

from __future__ import annotations

from index.readers.files import SUFFIXES, discover, read

__all__ = ["SUFFIXES", "discover", "read"]
