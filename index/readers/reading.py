"""How files are read: how much of them at most, and what the fields of an export mean."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Bounds of memory and time for one file: more is refused with an error that names the setting."""

    max_article_bytes: int = 20_000_000
    """Size of a file that is one article."""
    max_export_bytes: int = 100_000_000
    """Size of an export, a file of many articles. It is held in memory while it is read."""
    max_unpacked_bytes: int = 50_000_000
    """Bytes that the texts in a packed file (.docx, .epub) may unpack to."""
    max_pages: int = 2_000
    """Pages of a PDF."""
    max_reading_seconds: float = 120
    """Time until a file's article, or the next article of an export, is read and split."""
    max_reading_memory_bytes: int = 2_000_000_000
    """Address space of a process that reads files: the largest export at its limit takes about half."""
    fields: tuple[tuple[str, str], ...] = ()
    """For exports: (field of an article, its name there), where the name cannot be guessed; none if empty."""
