"""Bytes into characters: UTF-8, what a byte order mark says, or an encoding recognised with confidence."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path
from types import MappingProxyType

from index.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "cp1252": (
            "àâæçéèêëîïôœùûü",  # French
            "äöüß",
            "áéíñóúü¿¡",
            "àáâãçéêíóôõúü",  # Portuguese
            "àèéìîòù",
            "åäöéæøü",  # Scandinavian and Finnish
            "áéíóúýðþæö",  # Icelandic
            "ëïéèöü",  # Dutch; also loan words in English
        ),
        "cp1250": (
            "ąćęłńóśźż",
            "áčďéěíňóřšťúůýž",
            "áäčďéíĺľňóôŕšťúýž",
            "áéíóöőúüű",
            "ăâîşţșț",
            "čćđšž",
        ),
        "cp1254": ("çğıiöşüâîû",),
    }
)
"""Alphabets of the languages written in each of the Latin code pages, which are alike in most else."""
_OTHERS = ("cp1251", "cp1253", "cp1255", "cp1256", "koi8_r")
_MULTIBYTE: MappingProxyType[str, str] = MappingProxyType(
    {
        "cp932": "Japanese",
        "euc_jp": "Japanese",
        "gb18030": "Chinese",
        "big5": "Chinese",
        "cp949": "Korean",
    }
)
_PUNCTUATION = frozenset("\xa0«»‘’‚“”„‹›–—…•·°§©®€™£\xad")
_MAX_CHAOS = 0.1
_MIN_COHERENCE = 0.4
"""How much the letters must look like a language's: random bytes and one-word samples stay below it."""
_SAMPLE_BYTES = 65_536

_MAX_CONTROL_SHARE = 0.01
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_CHARSET = re.compile(rb"""<meta[^>]{0,500}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_META_WITHIN = 4_096


def decode(data: bytes, path: Path, *, declared: str | None = None) -> str:
    """The text of `data`; `declared` is the encoding that the file itself names, used if it fits.

    Raises:
        InputError: the bytes are no text, or in no encoding that can be told.
    """
    text = _decoded(data, path, declared)
    if "\x00" in text or len(_CONTROL.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise InputError(
            f"{path} is a binary file named {path.suffix or path.name}: it holds control characters",
            hint="give it the suffix of its real format; a text in UTF-16 needs converting to UTF-8 first",
        )
    return text


def declared_charset(data: bytes) -> str | None:
    """The encoding that an HTML page's `<meta charset>` names, if any."""
    match = _CHARSET.search(data[:_META_WITHIN])
    return match.group(1).decode("ascii") if match else None


def _decoded(data: bytes, path: Path, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                name = encoding.removesuffix("-sig").upper()
                raise InputError(
                    f"{path} begins as {name} but byte {error.start} is not of it",
                    hint="convert it to UTF-8",
                ) from error
    for stated in ("utf-8", _codec(declared)):
        if stated:
            try:
                return data.decode(stated)
            except UnicodeDecodeError:
                continue
    if b"\x00" in data:
        return data.decode("latin-1")  # refused by the caller: no 8-bit text holds a NUL
    guess = _guess(data)
    if guess is not None:
        try:
            return data.decode(guess)
        except UnicodeDecodeError:
            pass  # the sample fitted, the rest does not
    raise InputError(
        f"{path}: unknown encoding", hint="convert it to UTF-8, for example: iconv -f ENCODING -t UTF-8 FILE"
    )


def _codec(name: str | None) -> str | None:
    """Python's codec for a declared encoding, read as browsers do: Latin-1 means Windows-1252."""
    try:
        found = codecs.lookup(name).name if name else None
    except (LookupError, ValueError):
        return None
    if found in ("iso8859-1", "ascii"):
        return "cp1252"
    text_codec = found is not None and getattr(codecs.lookup(found), "_is_text_encoding", True)
    unsafe = found in (
        "utf-7",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "utf-16",
        "utf-32",
    )
    return found if text_codec and not unsafe else None


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE_BYTES]
    if len(data) > len(sample):
        sample = sample[: sample.rfind(b"\n") + 1 or sample.rfind(b" ") + 1 or len(sample)]
    known = [*_LATIN, *_OTHERS, *_MULTIBYTE]
    matches = [m for m in from_bytes(sample, cp_isolation=known) if m.chaos <= _MAX_CHAOS]
    if not matches:
        return None
    best = matches[0].encoding
    if best in _MULTIBYTE:
        return best if matches[0].language == _MULTIBYTE[best] else None
    if matches[0].coherence < _MIN_COHERENCE:
        return None
    return _latin(sample) if best in _LATIN else best


def _latin(sample: bytes) -> str | None:
    """The Latin code page in which the letters beyond ASCII fit the alphabet of one language best."""
    fits: list[tuple[int, str]] = []
    for encoding, alphabets in _LATIN.items():
        try:
            characters = Counter(c for c in sample.decode(encoding).lower() if not c.isascii())
        except UnicodeDecodeError:
            continue
        strange = (
            sum(n for c, n in characters.items() if c not in alphabet and c not in _PUNCTUATION)
            for alphabet in alphabets
        )
        fits.append((min(strange), encoding))
    # The first of equals: a page is far more often Windows-1252 than anything else.
    return min(fits, key=lambda fit: fit[0])[1] if fits else None
