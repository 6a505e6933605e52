"""Articles that state differently what was asked: found (`finding`), and both quoted, newest first."""

from rag.disagreement.finding import differing, find_disagreement

__all__ = ["differing", "find_disagreement"]
