"""What stands around the views: the name, the ways between the views, and the switch of the light.

Which view is shown is the fragment of the address (`#ask`, `#library`): `views.js` reads it, and Back works.
A view is a column with the id `view-NAME` and the class `view`.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.web.markup import plain
from ui.web.store.conversations import Title

FRAME = """
<header class="bar">
<h1>Citewell</h1>
<nav class="views" aria-label="Views">
<a href="#ask" data-view="ask">Ask</a>
<a href="#library" data-view="library">Library</a>
</nav>
<button type="button" id="menu" aria-expanded="false" aria-controls="drawer">Conversations</button>
<div id="drawer">
<a class="new" href="#ask">New conversation</a>
<nav id="conversations" aria-label="Conversations"></nav>
<button type="button" class="export">Save this conversation</button>
<button type="button" id="light" title="Switch between light and dark">Light / dark</button>
<button type="button" id="leave" hidden>Log out</button>
</div>
</header>
<p class="sr" id="said" role="status" aria-live="polite"></p>
"""


def conversation_list(titles: Sequence[Title]) -> str:
    """The visitor's conversations as links, each with the ways to rename and to delete it."""
    if not titles:
        return '<p class="none">What you ask is kept here.</p>'
    return f"<ul>{''.join(map(_item, titles))}</ul>"


def _item(each: Title) -> str:
    title = plain(each.title)
    buttons = "".join(
        f'<button type="button" data-act="{act.lower()}" title="{act}" '
        f'aria-label="{act}: {title}">{act}</button>'
        for act in ("Rename", "Delete")
    )
    return (
        f'<li data-id="{plain(each.id)}"><a href="#ask/{plain(each.id)}" dir="auto">{title}</a>{buttons}</li>'
    )
