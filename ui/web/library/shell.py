"""The Library view before anything is in it: headings, forms and the places that `library.js` fills.

What is typed stands in here and is never drawn anew, so that no refresh takes the caret or a half-written
text away.
"""

from __future__ import annotations

from index.readers import SUFFIXES
from index.readers.exports import SUFFIXES as EXPORTS
from rag.settings import Settings
from ui.web.library.listing import MAX_SEARCH_CHARS, SORTS
from ui.web.library.receiving import megabytes


def shell_html(settings: Settings) -> str:
    """The view; the same for everybody."""
    orders = "".join(f'<option value="{name}">{label}</option>' for name, label in SORTS.items())
    formats = ", ".join(suffix.removeprefix(".") for suffix in SUFFIXES)
    return f"""
<div class="library-view" data-most-bytes="{settings.max_article_bytes}"
 data-most-export-bytes="{settings.max_export_bytes}" data-exports="{",".join(EXPORTS)}">
<div id="library-list">
<h2 class="view-title">Library</h2>
<section class="glance" id="library-glance" aria-label="At a glance"></section>
<div class="columns">
<aside class="adding" aria-label="Add articles">
<h3 class="label">Add articles</h3>
<label class="drop" id="library-drop"><input type="file" multiple class="sr" accept="{",".join(SUFFIXES)}">
<span class="say"><b>Drop files here</b>, or <u>choose them</u></span>
<span class="hint">{formats}; up to {megabytes(settings.max_article_bytes)} each,
exports {megabytes(settings.max_export_bytes)}</span></label>
<details class="paste"><summary>Paste a text</summary>
<form id="library-paste">
<label>Text<textarea name="text" rows="7" required dir="auto"></textarea></label>
<label>Title<input name="title" autocomplete="off" dir="auto" placeholder="Its first line, if empty"></label>
<label>Publisher<input name="publisher" autocomplete="off" dir="auto"></label>
<label>Published<input type="date" name="published"></label>
<label>Address<input type="url" name="url" autocomplete="off" placeholder="https://"></label>
<p class="problem" role="alert" hidden></p>
<button type="submit" class="plain">Add this text</button>
</form></details>
<details class="paste"><summary>Add from the web</summary>
<form id="library-fetch">
<label>Addresses, one on each line<textarea name="addresses" rows="3" required spellcheck="false" dir="ltr"
 placeholder="https://"></textarea></label>
<fieldset><legend class="sr">What is there</legend>
<label class="check"><input type="radio" name="feed" value="" checked>Pages, an article each</label>
<label class="check"><input type="radio" name="feed" value="1">Feeds: what is new in them</label></fieldset>
<p class="problem" role="alert" hidden></p>
<button type="submit" class="plain">Fetch</button>
</form></details>
<div id="library-sending"></div>
<div id="library-additions"></div>
<div id="library-removed"></div>
</aside>
<section class="list" aria-label="Articles">
<form class="tools" id="library-tools" role="search">
<label class="search"><span class="sr">Search titles and texts</span>
<input type="search" name="search" placeholder="Search titles and texts" maxlength="{MAX_SEARCH_CHARS}"
 autocomplete="off" spellcheck="false"></label>
<label><span>Publisher</span><select name="publisher" id="library-publishers"></select></label>
<label hidden><span>Language</span><select name="language" id="library-languages"></select></label>
<label><span>Order</span><select name="sort">{orders}</select></label>
<label><span>From</span><input type="date" name="since"></label>
<label><span>Until</span><input type="date" name="until"></label>
</form>
<div class="chosen" id="library-chosen" hidden><span></span>
<button type="button" class="plain" data-do="ask-chosen">Ask only these</button>
<button type="button" class="quiet" data-do="choose-none">Clear</button></div>
<div id="library-rows"></div>
</section>
</div>
</div>
<div id="library-article" hidden>
<p class="back"><a href="#library">All articles</a></p>
<div class="shown"></div>
</div>
<div class="toast" id="library-toast" role="status" hidden></div>
<div class="drop-veil" aria-hidden="true" hidden><p>Drop to add</p></div>
</div>
"""
