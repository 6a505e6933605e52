"""The page that asks for name and password: plain HTML, without a script."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ui.web.markup import plain


def login_html(problem: str = "", name: str = "") -> str:
    """The page; `problem` says why the last attempt failed, and `name` is the one that was given."""
    said = f'<p class="problem" role="alert">{plain(problem)}</p>' if problem else ""
    first, second = ("", " autofocus") if name else (" autofocus", "")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Log in · Citewell</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_style()}</style></head>
<body><main>
<p class="name">Citewell</p>
<h1>Log in</h1>
<form method="post" action="/login">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required
 value="{plain(name)}"{first}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{second}>
{said}<button type="submit">Log in</button>
</form>
</main></body></html>
"""


@cache
def _style() -> str:
    room = files("ui.web")
    names = ("fonts.css", "palette.css", "login/login.css")
    return "".join((room / name).read_text(encoding="utf-8") for name in names)
