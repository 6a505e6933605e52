"""The Library view as a part of the page, and its say in what the next questions are put to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import gradio as gr

from index.article import Filters
from index.errors import UsageError
from index.library import Library
from index.readers.page import parse_language
from rag.settings import Settings
from ui.web.library.listing import day_from
from ui.web.library.rows import MOST_NAMED
from ui.web.library.shell import shell_html
from ui.web.scope import scope_html

_LONGEST = 2_048


def library_view(library: Library, settings: Settings, scope: gr.State, limits: gr.HTML, load: Any) -> None:
    """Build the view into the block that is open.

    Args:
        library: holds the articles that are listed.
        settings: limits of what is handed in.
        scope: the `Filters` that questions are put under; this view sets them.
        limits: the place of the line that says so.
        load: registers what happens when the page is loaded, as `gr.Blocks.load` does.
    """
    gr.HTML(shell_html(settings), js_on_load=None, apply_default_css=False, elem_id="library")
    said = gr.JSON(visible=False)
    limit = gr.Button("Limit the questions", elem_id="limit-questions", visible="hidden")
    quiet: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}

    def limited(said: object) -> tuple[Filters | None, str]:
        filters = filters_from(said)
        return filters, scope_html(library, filters or Filters())

    # The line is drawn with it: the change of a state fires for queued events only.
    for trigger in (limit.click, load):  # a reload loses the state of the server, not what the tab has kept
        trigger(limited, [said], [scope, limits], js="() => [window.citewellScope.filters]", **quiet)


def filters_from(said: object) -> Filters | None:
    """Filters as the browser sends them; what is none of ours is left out, and None is no filter.

    >>> filters_from({"publishers": ["Reuters"], "since": "2025-01-01", "until": "soon", "x": 1})
    Filters(publishers=('Reuters',), since=datetime.date(2025, 1, 1), until=None, articles=(), languages=())
    """
    if not isinstance(said, Mapping):
        return None
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        try:
            days[name] = day_from(str(said.get(name) or ""))
        except UsageError:
            days[name] = None
    filters = Filters(
        publishers=_texts(said.get("publishers")),
        since=days["since"],
        until=days["until"],
        articles=_texts(said.get("articles")),
        languages=tuple(filter(None, map(parse_language, _texts(said.get("languages"))))),
    )
    return filters if filters else None


def _texts(said: object) -> tuple[str, ...]:
    if not isinstance(said, Sequence) or isinstance(said, str):
        return ()
    return tuple(each[:_LONGEST] for each in said if isinstance(each, str))[:MOST_NAMED]
