"""The seam for rerankers: any LlamaIndex node postprocessor, applied to the passages before evidence."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from index.errors import ModelError
from index.factories import made_by


def load_postprocessors(names: Sequence[str]) -> tuple[BaseNodePostprocessor, ...]:
    """What the settings name, each as `module:factory`.

    Raises:
        UsageError: a name is not of that form, or what it names cannot be made or is no postprocessor.
    """
    return tuple(
        made_by(name, BaseNodePostprocessor, what="postprocessor")  # type: ignore[type-abstract]
        for name in names
    )


def postprocessed(
    nodes: Sequence[NodeWithScore], question: str, postprocessors: Sequence[BaseNodePostprocessor]
) -> list[NodeWithScore]:
    """What the postprocessors, one after the other, leave of `nodes`, in their order, each node once.

    Raises:
        ModelError: one of them fails, or returns what it was not given.
    """
    given = {node.node_id for node in nodes}
    left = list(nodes)
    for each in postprocessors:
        name = type(each).__name__
        try:
            left = each.postprocess_nodes(left, query_bundle=QueryBundle(question))
            left = list({node.node_id: node for node in left}.values())
        except Exception as error:  # whatever a postprocessor of the user's raises
            raise ModelError(
                f"the postprocessor {name} failed: {type(error).__name__}: {error}",
                hint="mend it, or leave it out of CITEWELL_POSTPROCESSORS or `postprocessors`",
            ) from error
        if strange := [node.node_id for node in left if node.node_id not in given]:
            raise ModelError(
                f"the postprocessor {name} returned a node that it was not given: {strange[0]!r}",
                hint="it may reorder, score and drop nodes; passages of its own have no place in an article",
            )
    return left
