"""What the local model costs, and what evidence saves: `python -m evals.benchmarks.local_costs SQUAD_FILE`.

A library of the file's articles is asked a fixed sample of its answerable questions. Each is put to the model
twice in turn, the instruction and the worked examples read beforehand: with the evidence sentences that an
answer shows it, and with the passages whole that those sentences stand in. Printed: seconds to the first
token of both with their ratio, prompt tokens, the memory of the process before the model, at rest with it,
and at its peak, and what the set-up takes on disk.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

from evals.benchmarks.datasets import Dataset, load
from evals.benchmarks.local_model import sample
from index.library import Library
from rag import Settings
from rag.answerers import generative
from rag.evidence import find_evidence, shipped_model
from rag.local.model_file import QWEN, model_file
from rag.models.writer import Message, Writer
from rag.prompts import SAYS_YES
from rag.question import Question, analyse
from rag.retriever import HybridRetriever
from rag.weights import TermWeights

QUESTIONS = 12


class Asked(NamedTuple):
    """One question as it is put to the model, by sentences and by passages."""

    sentences: tuple[Message, ...]
    passages: tuple[Message, ...]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    arguments = parser.parse_args()
    writer = Writer.by_name("local", Settings())
    assert writer is not None
    asked = prompts(load(arguments.data), arguments.questions)
    print(f"memory without the model: {_resident()}")
    began = time.perf_counter()
    writer.yes_probability(generative.INSTRUCTION)
    print(f"loaded, and the worked examples read, in {time.perf_counter() - began:.1f} s")
    print(f"memory at rest: {_resident()}")
    report(asked, writer)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"memory at its peak: {_gigabytes(peak)}")
    writer.close()
    file = model_file()
    wheels = sum(_installed_bytes(name) for name in (*QWEN.parts, "xllamacpp"))
    print(f"on disk: {file.name} {_gigabytes(file.stat().st_size)}, its wheels {_gigabytes(wheels)}")


def prompts(dataset: Dataset, count: int) -> list[Asked]:
    """A fixed sample of the answerable questions, as they are asked."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True) as library:
        library.add(dataset.articles)
        retriever = HybridRetriever(library)
        weights = TermWeights.of(library)
        return [
            _asked(analyse(gold.text, weights), retriever)
            for gold in sample(dataset, count)
            if gold.answerable
        ]


def _asked(question: Question, retriever: HybridRetriever) -> Asked:
    evidence = find_evidence(question, retriever.search(question.text), shipped_model())
    shown = generative.exhibits(question, evidence)
    chunks = dict.fromkeys(each.sentences[0].hit.chunk for each in shown)
    whole = "\n\n".join(chunk.text for chunk in chunks)
    return Asked(
        generative.prompt(question, shown),
        (*generative.INSTRUCTION, {"role": "user", "content": f"{whole}\nQuestion: {question.text}"}),
    )


def report(asked: Sequence[Asked], writer: Writer) -> None:
    """Print both ways' seconds to the first token, and their ratio."""
    seconds: dict[str, list[float]] = {way: [] for way in Asked._fields}
    tokens: dict[str, list[int]] = {way: [] for way in Asked._fields}
    for each in asked:
        for way, messages in each._asdict().items():
            seconds[way].append(_to_first_token(writer, messages))
            tokens[way].append(writer.count_tokens(str(messages[-1])))
    for way in Asked._fields:
        print(
            f"{way}: first token after {statistics.median(seconds[way]):.2f} s (median of {len(asked)}),"
            f" {statistics.median(tokens[way]):.0f} prompt tokens"
        )
    pairs = zip(seconds["passages"], seconds["sentences"], strict=True)
    ratio = statistics.median(whole / few for whole, few in pairs)
    print(f"sentences are {ratio:.1f} times sooner (median of the pairs)")


def _to_first_token(writer: Writer, messages: tuple[Message, ...]) -> float:
    began = time.perf_counter()
    writer.yes_probability(messages)
    pieces = writer.stream(messages, max_tokens=8, assistant_prefix=SAYS_YES)
    next(pieces)
    taken = time.perf_counter() - began
    pieces.close()
    return taken


def _resident() -> str:
    """This process's memory: all of it, and what is its own rather than the model's file mapped in."""
    kilobytes = {
        name.rstrip(":"): int(value)
        for name, value, unit in (
            line.split() for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
        )
    }
    own = kilobytes["Private_Dirty"]
    return f"{_gigabytes(kilobytes['Rss'] * 1024)} resident, {_gigabytes(own * 1024)} of it its own"


def _installed_bytes(name: str) -> int:
    found = distribution(name)
    return sum(file.size or 0 for file in found.files or ())


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB"


if __name__ == "__main__":
    main()
