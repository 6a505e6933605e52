"""What stands around the views: the name, the ways between the views, and the switch of the light.

Which view is shown is the fragment of the address (`#ask`, `#library`): `views.js` reads it, and Back works.
A view is a column with the id `view-NAME` and the class `view`.
"""

from __future__ import annotations

FRAME = """
<header class="bar">
<h1><a href="#ask">Citewell</a></h1>
<nav aria-label="Views">
<a href="#ask" data-view="ask">Ask</a>
<a href="#library" data-view="library">Library</a>
</nav>
<button type="button" id="light" aria-label="Switch between light and dark">Light / dark</button>
</header>
<p class="sr" id="said" role="status" aria-live="polite"></p>
"""
