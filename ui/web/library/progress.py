"""What was handed in and what was removed, as HTML: progress, failures with reasons, ways back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

from index.trash import Removed
from ui.web.library.additions import Addition, Outcome, can_be_tried_again
from ui.web.library.links import article_fragment
from ui.web.library.rows import shortened
from ui.web.markup import byline, plain

_FATES = {
    "added": "added",
    "updated": "updated; the text before is kept as a version",
    "unchanged": "nothing new in it",
}
_MOST_REASONS = 20
MOST_TITLES = 30
"""Articles of one addition that are named."""

HowFar = Callable[[Addition], str]
"""How far an addition is that is at work, in words."""
Title = Callable[[str], str | None]
"""The title of an article by its id; None where it is not in the library any more."""


def additions_html(additions: Sequence[Addition], how_far: HowFar, title: Title) -> str:
    """The list of additions, what is at work first; nothing where there is none."""
    if not additions:
        return ""
    open_ones = [each for each in additions if each.state in ("waiting", "working")]
    finished = len(additions) - len(open_ones)
    done = any(each.state == "done" for each in additions)
    clear = ""
    if finished > (0 if done else 1):
        state, label = ("done", "Clear the list") if done else ("failed", "Dismiss all")
        named = f'data-do="clear" data-key="clear" data-state="{state}"'
        clear = f'<button type="button" class="quiet" {named}>{label}</button>'
    if open_ones:
        said = f"Adding {len(open_ones):,} …"
        total = len(additions)
        bar = (
            f'<progress value="{finished}" max="{total}" aria-label="Adding: {finished:,} of {total:,} done">'
            "</progress>"
        )
    else:
        said, bar = "Added" if done else "Not added", ""
    rows = "".join(_row(each, how_far, title) for each in additions)
    return (
        f'<div class="head"><h3 class="label">{said}</h3>{clear}</div>{bar}<ul class="additions">{rows}</ul>'
    )


def removed_html(removed: Sequence[Removed], days: int) -> str:
    """What was removed and can be put back; nothing where there is none."""
    if not removed:
        return ""
    rows = "".join(
        f'<li data-id="{plain(each.article_id)}"><div class="what">'
        f'<span class="title" dir="auto">{plain(shortened(each.title))}</span>'
        f'<p class="byline">{byline(each.publisher, each.published)}</p></div>'
        f'<button type="button" class="quiet" data-do="restore" data-key="restore {plain(each.article_id)}" '
        f'aria-label="Put back: {plain(shortened(each.title))}">Put back</button></li>'
        for each in removed
    )
    kept = "one day" if days == 1 else f"{days:,} days"
    return (
        f'<details class="removed"><summary>Removed ({len(removed):,})</summary>'
        f'<p class="hint">No answer uses these. Each is kept for {kept}, then deleted for good.</p>'
        f'<ul>{rows}</ul><button type="button" class="quiet danger" data-do="forget" data-key="forget">'
        "Delete all of them now</button></details>"
    )


def _row(addition: Addition, how_far: HowFar, title: Title) -> str:
    name = f'<span class="name" dir="auto">{plain(shortened(addition.name))}</span>'
    failed = [each for each in addition.outcomes if each.status == "failed"]
    of_articles = [each for each in addition.outcomes if each.status != "noted"]
    fate = _fate(addition, how_far)
    if len(of_articles) == 1 and addition.state != "working":
        fate = _outcome(of_articles[0], addition, title)
    elif of_articles:
        fate = ", ".join(filter(None, (fate, _sum(of_articles))))
    fate = f'<p class="fate">{fate}</p>' if fate else ""
    buttons = ""
    if can_be_tried_again(addition):
        if addition.is_export:
            buttons = _button("Name its columns", "columns", addition)
        buttons += _button("Try again", "retry", addition)
    if addition.state == "failed":
        buttons += _button("Dismiss", "dismiss", addition)
    elif addition.state == "waiting":
        buttons = _button("Cancel", "dismiss", addition)
    elif addition.state == "working" and addition.kind == "feed":
        buttons = _button("Stop", "stop", addition)
    notes = "".join(
        f'<p class="hint">{plain(_sentence(each.reason))}</p>'
        for each in addition.outcomes
        if each.reason and each.status != "failed"
    )
    problems = "".join(
        f'<p class="problem">{plain(_sentence(each.reason.removeprefix(f"{addition.name}: ")))}</p>{hint}'
        for each, hint in zip(failed[:_MOST_REASONS], _hints(failed, addition), strict=False)
    )
    if len(failed) > _MOST_REASONS:
        problems += f'<p class="problem">and {len(failed) - _MOST_REASONS:,} more</p>'
    return (
        f'<li class="addition {addition.state}" data-addition="{addition.id}"><div class="what">{name}'
        f'{fate}{notes}{problems}{_titles(of_articles, title)}</div><div class="buttons">{buttons}</div></li>'
    )


def _hints(failed: Sequence[Outcome], addition: Addition) -> list[str]:
    """What to do about each failure, said once where it is the same for several on end."""
    hints = []
    for each, following in zip_longest(failed, failed[1:]):
        said = each.hint
        if addition.is_export and "--map" in said:  # for a terminal; here the button does it
            said = "" if can_be_tried_again(addition) else "hand it in once more, then name its columns"
        last = following is None or following.hint != each.hint
        hints.append(f'<p class="hint">{plain(_sentence(said))}</p>' if said and last else "")
    return hints


def _fate(addition: Addition, how_far: HowFar) -> str:
    """What can be said of an addition that is not settled; nothing of one that is."""
    if addition.state == "waiting":
        return "waiting"
    return how_far(addition) if addition.state == "working" else ""


def _titles(outcomes: Sequence[Outcome], title: Title) -> str:
    """The articles that an addition of several has brought, folded."""
    brought = [each for each in outcomes if each.status in ("added", "updated") and each.article_id]
    if len(outcomes) < 2 or not brought:
        return ""
    items = []
    for each in brought[:MOST_TITLES]:
        assert each.article_id is not None
        if known := title(each.article_id):
            items.append(f"<li>{_link(each.article_id, known)}{_copy(each, title)}</li>")
    left = f"<li>and {len(brought) - MOST_TITLES:,} more</li>" if len(brought) > MOST_TITLES else ""
    return f'<details class="brought"><summary>Show them</summary><ul>{"".join(items)}{left}</ul></details>'


def _outcome(outcome: Outcome, addition: Addition, title: Title) -> str:
    if outcome.status == "failed":
        return ""
    said = _FATES[outcome.status]
    known = title(outcome.article_id) if outcome.article_id else None
    if known is None or outcome.article_id is None:
        return f"{said}; removed since"
    fate = (
        f"{_link(outcome.article_id, known)} {said}"
        if known != addition.name
        else f'<a href="{article_fragment(outcome.article_id)}">{said}</a>'
    )
    return f"{fate}{_copy(outcome, title)}"


def _copy(outcome: Outcome, title: Title) -> str:
    """Of which other article it is a copy, while that is there."""
    other = title(outcome.copy_of) if outcome.copy_of else None
    return f", a copy of {_link(outcome.copy_of, other)}" if outcome.copy_of and other else ""


def _link(article_id: str, title: str) -> str:
    return f'<a href="{article_fragment(article_id)}" dir="auto">{plain(shortened(title))}</a>'


def _sum(outcomes: Sequence[Outcome]) -> str:
    counts = {
        status: sum(each.status == status for each in outcomes)
        for status in ("added", "updated", "unchanged", "failed")
    }
    return ", ".join(f"{count:,} {status}" for status, count in counts.items() if count)


def _button(label: str, action: str, addition: Addition) -> str:
    name = plain(shortened(addition.name))
    return (
        f'<button type="button" class="quiet" data-do="{action}" data-key="{action} {addition.id}" '
        f'aria-label="{label}: {name}">{label}</button>'
    )


def _sentence(text: str) -> str:
    """A message as a sentence of its own.

    >>> _sentence("it is empty"), _sentence("notes.md is empty")
    ('It is empty.', 'notes.md is empty.')
    """
    text = text.strip()
    begun = f"{text[:1].upper()}{text[1:]}" if text[:1].islower() and "." not in text.split(" ")[0] else text
    return begun + ("" if not text or text.endswith((".", "!", "?", "…")) else ".")
