"""Questions about the collection itself: how many articles mention it, which ones, from when, from whom.

`recognising.py` tells them from questions about what the articles say, and makes a query of them;
`answering.py` answers it from the catalogue and the full text, exactly and without any model.
"""
