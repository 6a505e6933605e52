"""Expressions of several words that mean what one word says: "take over from" is to replace.

People ask in such expressions where articles write the one word, and the two share none.
"""

from __future__ import annotations

import re

from index.fulltext import terms

_MEANINGS = """
    tak(?:e|es|en|ing) over|took over: replace succeed
    tak(?:e|es|en|ing) part|took part: participate join
    tak(?:e|es|en|ing) place|took place: happen occur
    in place of|rather than: instead
    set(?:s|ting)? up: found establish create
    pull(?:s|ed|ing)? out|go(?:es|ing)? away|went away: withdraw leave depart
    carr(?:y|ies|ied|ying) on|go(?:es|ing)? on|keep(?:s|ing)? on|went on|kept on: continue
    put(?:s|ting)? off: postpone delay
    call(?:s|ed|ing)? off: cancel
    turn(?:s|ed|ing)? down: reject refuse
    g[ia]ve(?:s|n)? up|giving up: abandon surrender quit
    g[ia]ve(?:s|n)? back|giving back: return
    br(?:ing|ings|inging|ought) about|led to|lead(?:s|ing)? to: cause result
    shut(?:s|ting)? down: close
    st(?:ep|eps|epped|epping|and|ands|ood) down: resign
    la(?:y|ys|id|ying) off: dismiss
    f(?:ind|inds|inding|ound) out: discover learn
    look(?:s|ed|ing)? into: investigate
    c(?:ome|omes|oming|ame) down: crash fall
    go(?:es|ing)? up|went up: rise increase
    go(?:es|ing)? down|went down: fall decrease drop
    ma(?:ke|kes|king|de) up: consist comprise
    los(?:e|es|t|ing) (?:his|her|its|their) (?:lives|life)|pass(?:es|ed)? away: die kill
    get(?:s|ting)? rid of|got rid of: abolish remove
    deal(?:s|t|ing)? with: handle address
    rel(?:y|ies|ied|ying) on|count(?:s|ed|ing)? on: depend
    point(?:s|ed|ing)? out: note say
    get(?:s|ting)? bigger|got bigger: grow increase expand
    get(?:s|ting)? smaller|got smaller: shrink decrease
"""
_PATTERNS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), frozenset(terms(meanings)))
    for pattern, _, meanings in (line.strip().rpartition(": ") for line in _MEANINGS.strip().splitlines())
)


def meanings_at(text: str) -> list[tuple[int, int, frozenset[str]]]:
    """The expressions of a text: where each begins and ends, and the stems that say the same.

    >>> [(start, end, sorted(stems)) for start, end, stems in meanings_at("Who took over?")]
    [(4, 13, ['replac', 'succeed'])]
    """
    return [(m.start(), m.end(), stems) for pattern, stems in _PATTERNS for m in pattern.finditer(text)]
