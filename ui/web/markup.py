"""Text, dates and bylines as HTML. Every character that is not ours goes through `plain` first.

Gradio evaluates the *template* of `gr.HTML`, not its value, and no template of ours holds anything but the
value: `${…}` and `{{…}}` in an article are text like any other, and a browser test holds that.
"""

from __future__ import annotations

import html
import re
from datetime import date
from functools import cache

_OVERRIDES = re.compile("[\u202d\u202e]")


def straight(text: str) -> str:
    """Text without the invisible characters that would show it, and what follows it, in another order.

    >>> straight("built in \\u202e8991")
    'built in 8991'
    """
    return _OVERRIDES.sub("", text)


def plain(text: str) -> str:
    """Text as HTML that shows exactly that text; a lone surrogate, which no page can carry, as U+FFFD.

    >>> plain('<b>${x}</b> & "y"')
    '&lt;b&gt;${x}&lt;/b&gt; &amp; &quot;y&quot;'
    """
    return html.escape(
        straight(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace"), quote=True
    )


def long_date(day: date) -> str:
    """A date as a newspaper prints it.

    >>> long_date(date(2025, 6, 9))
    '9 June 2025'
    """
    return f"{day.day} {day:%B} {day.year}"


@cache
def language_name(code: str) -> str:
    """The English name of a language; its code where it has none.

    >>> language_name("de"), language_name("xx")
    ('German', 'xx')
    """
    from babel import Locale  # half a second to import, and many libraries are in one language

    name: str = Locale("en").languages.get(code, code)
    return name


def byline(publisher: str | None, published: date | None, page: int | None = None) -> str:
    """Publisher, date and printed page, as far as they are known."""
    parts = [f"<bdi>{plain(publisher)}</bdi>"] if publisher else []
    parts.append(
        f'<time datetime="{published.isoformat()}">{long_date(published)}</time>' if published else "undated"
    )
    if page:
        parts.append(f"p. {page}")
    return ' <span class="dot" aria-hidden="true">·</span> '.join(parts)
