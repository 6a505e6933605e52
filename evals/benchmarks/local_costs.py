"""What the local model costs, and what evidence saves: `python -m evals.benchmarks.local_costs SQUAD_FILE`.

A library of the file's articles is asked a fixed sample of its answerable questions. Each is put to the model
several times in turn, the instruction and the worked examples read beforehand: with the evidence sentences
that an answer shows it, and with passages whole: those that these sentences stand in, the three best, and all
that were found, which the sentences were chosen from. Printed: seconds to the first token, prompt tokens, how
much sooner the sentences are, the memory of the process before the model, at rest with it, and at its peak,
and what the set-up takes on disk.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import distribution
from pathlib import Path

from evals.benchmarks.datasets import Dataset, load
from evals.benchmarks.local_model import sample
from index.article import Chunk
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
SENTENCES = "sentences"

Asked = Mapping[str, tuple[Message, ...]]
"""One question as it is put to the model, by what is shown."""


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
    retrieval = retriever.search(question.text)
    shown = generative.exhibits(question, find_evidence(question, retrieval, shipped_model()))
    found = [hit.chunk for hit in retrieval.hits]
    return {
        SENTENCES: generative.prompt(question, shown),
        "their passages": _whole(question, dict.fromkeys(each.sentences[0].hit.chunk for each in shown)),
        "the three best passages": _whole(question, found[:3]),
        "all passages found": _whole(question, found),
    }


def _whole(question: Question, chunks: Iterable[Chunk]) -> tuple[Message, ...]:
    text = "\n\n".join(chunk.text for chunk in chunks)
    return (*generative.INSTRUCTION, {"role": "user", "content": f"{text}\nQuestion: {question.text}"})


def report(asked: Sequence[Asked], writer: Writer) -> None:
    """Print the seconds to the first token, and how much sooner the sentences are."""
    seconds: dict[str, list[float]] = defaultdict(list)
    tokens: dict[str, list[int]] = defaultdict(list)
    for each in asked:
        for shown, messages in each.items():
            seconds[shown].append(_to_first_token(writer, messages))
            tokens[shown].append(writer.count_tokens(str(messages[-1])))
    for shown, taken in seconds.items():
        pairs = zip(taken, seconds[SENTENCES], strict=True)
        ratio = statistics.median(whole / few for whole, few in pairs)
        print(
            f"{shown}: first token after {statistics.median(taken):.2f} s (median of {len(taken)}),"
            f" {statistics.median(tokens[shown]):.0f} prompt tokens"
            + ("" if shown == SENTENCES else f"; the sentences {ratio:.1f} times sooner (median of pairs)")
        )


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
