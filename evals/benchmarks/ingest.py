"""How fast does adding go, and in how much memory?

`python -m evals.benchmarks.ingest DATA… [--sizes 1000 10000 100000] [--log FILE] [--out DIR]`

Articles of two paragraphs of the data (beyond what there is, altered) are written as text files, until they
make so many chunks. Then, one after the other on the same texts, each in a process of its own that has its
model loaded:

- `session`: nothing but the model. The passages that Citewell makes of the files, split and cut into word
  pieces beforehand, go through the ONNX session in the way that is fastest here: one passage a run on as many
  single-threaded runs as there are cores, or eight of about one length a run on all cores. Half of them
  before and half after Citewell's turn, so that a machine whose speed drifts is no argument.
- `citewell`: `Library.add` of the folder, from files to what can be asked.
- `llamaindex`: its `IngestionPipeline` of a `SentenceSplitter` (chunks of as many tokens as ours, no
  overlap), the same model through LlamaIndex's own interface, and `ChromaVectorStore`. It is given the
  texts, not the files.

Told: tokens of the texts (tiktoken) a second, their ratio to the session's, processor seconds of all
processes together, and resident memory at a quarter, half and the end of the time, parent and children; the
whole memory curve in the JSON. 100,000 chunks take hours: with `--log`, each size is written down when it is
done, and the next run does not measure it again.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.benchmarks.altered import altered_articles, paragraphs_of
from evals.benchmarks.datasets import load
from evals.benchmarks.ingest_parts import Numbers, entries_in
from evals.benchmarks.memory import Curve, Sample
from evals.benchmarks.outcome import Figures, Outcome, Table, tell
from evals.benchmarks.plots import Bars, Lines, Plot
from index.article import Article
from index.readers import discover

TOGETHER = 2
"""Paragraphs an article."""
NAMES = {"session": "bare session", "citewell": "Citewell", "llamaindex": "LlamaIndex"}
QUARTERS = ("MB at ¼", "MB at ½", "MB at the end")


def write_files(articles: Iterator[Article], folder: Path, chunks: int) -> None:
    """Articles as text files, the title first, until they make so many chunks."""
    folder.mkdir()
    while chunks > 0:
        article = next(articles)
        path = folder / f"{article.article_id}.txt"
        path.write_text(f"{article.title}\n\n{article.text}\n", encoding="utf-8")
        chunks -= sum(len(entry.chunks) for entry in entries_in(path))


def in_process(part: str, folder: Path) -> tuple[Numbers, list[Sample]]:
    """One part in a process of its own, with its memory while the clock ran, in seconds from then."""
    command = [sys.executable, "-m", "evals.benchmarks.ingest_parts", part, str(folder)]
    quiet = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}  # Chroma's, where LlamaIndex opens it
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet) as process,
        Curve(process.pid) as curve,
    ):
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{part} failed")
    figures: Numbers = json.loads(said.splitlines()[-1])
    begun, ended = figures.pop("begun"), figures.pop("ended")
    samples = [s._replace(at=s.at - begun) for s in curve.samples if begun <= s.at <= ended]
    return figures, samples


def run(folder: Path) -> dict[str, Any]:
    """All of it on one folder of files."""
    first, _ = in_process("session-0", folder)
    citewell, citewell_memory = in_process("citewell", folder)
    second, _ = in_process("session-1", folder)
    llamaindex, llamaindex_memory = in_process("llamaindex", folder)
    session = {name: first[name] + second[name] for name in first} | {"batch": first["batch"]}
    found: dict[str, Any] = {"session": session, "citewell": citewell, "llamaindex": llamaindex}
    for figures in found.values():
        figures["tokens_per_second"] = figures["tokens"] / figures["seconds"]
        figures["of_session"] = figures["tokens_per_second"] * session["seconds"] / session["tokens"]
    for name, samples in (("citewell", citewell_memory), ("llamaindex", llamaindex_memory)):
        found[name]["memory"] = samples
    return found


def outcome(measured: Sequence[dict[str, Any]]) -> Outcome:
    """A table of each size, and how speed and memory go with it."""
    sizes = [f"{found['session']['chunks']:,.0f} chunks" for found in measured]
    tables = [
        Table(
            title=f"{size}: {found['articles']:,} articles, {found['session']['tokens']:,.0f} tokens",
            rows={NAMES[part]: _row(found[part], found["session"]) for part in NAMES},
            note="Tokens of the text a second; their ratio to what the model alone makes of the same, by "
            "the clock and by processor time, which a busy machine disturbs less; processor seconds of all "
            "processes, and their resident memory together.",
        )
        for size, found in zip(sizes, measured, strict=True)
    ]
    speeds = {
        size: {name: found[part]["tokens_per_second"] for part, name in NAMES.items()}
        for size, found in zip(sizes, measured, strict=True)
    }
    plots: list[Plot] = [Bars(title="Tokens a second", groups=speeds)]
    plots += [
        Lines(
            title=f"Resident memory while {size} are added, MB",
            across="seconds",
            lines={NAMES[part]: _curve(found[part]["memory"]) for part in NAMES if "memory" in found[part]},
        )
        for size, found in zip(sizes, measured, strict=True)
    ]
    return Outcome(
        name="ingest",
        about="How fast articles are taken in, and in how much memory, beside what the embedding model alone "
        "takes and beside LlamaIndex's own pipeline, on the same texts in one run.",
        tables=tables,
        plots=plots,
        details={"sizes": list(measured)},
    )


def _row(found: dict[str, Any], session: dict[str, Any]) -> Figures:
    by_processor = session["processor_seconds"] / session["tokens"]
    return {
        "tokens a second": found["tokens_per_second"],
        "of the session": found["of_session"],
        "by processor": by_processor * found["tokens"] / found["processor_seconds"],
        "seconds": found["seconds"],
        "processor seconds": found["processor_seconds"],
        "chunks": found["chunks"],
        **dict(zip(QUARTERS, _quarters(found.get("memory", [])), strict=True)),
    }


def _curve(samples: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Seconds and MB of all processes, at a hundred moments at most."""
    step = max(1, len(samples) // 100)
    return [(at, own + children) for at, own, children in samples[::step]]


def _quarters(samples: Sequence[Sequence[float]]) -> list[float | None]:
    """Memory of all processes around a quarter, half and the end of the time: medians of a tenth of it."""
    if not samples:
        return [None] * len(QUARTERS)
    width = max(1, len(samples) // 10)
    places = (len(samples) // 4, len(samples) // 2, len(samples) - width)
    return [
        statistics.median(own + children for _, own, children in samples[at : at + width]) for at in places
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000], help="in chunks")
    parser.add_argument("--log", type=Path, help="where finished sizes are written down, and found again")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    log: Path | None = arguments.log
    lines = log.read_text(encoding="utf-8").splitlines() if log is not None and log.exists() else []
    known = {found["size"]: found for found in map(json.loads, lines)}
    paragraphs = paragraphs_of(load(path) for path in arguments.data)
    measured = []
    with tempfile.TemporaryDirectory() as temporary:
        for size in sorted(arguments.sizes):
            found = known.get(size)
            if found is None:
                folder = Path(temporary) / str(size)
                write_files(altered_articles(paragraphs, together=TOGETHER), folder, size)
                found = {"size": size, "articles": len(discover(folder))} | run(folder)
                if log is not None:
                    with log.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(found) + "\n")
            measured.append(found)
    tell(outcome(measured), arguments.out)


if __name__ == "__main__":
    main()
