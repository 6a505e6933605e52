"""What is said to Citewell and asks nothing of the articles: a greeting, thanks, a farewell, "who are you?".

Such words are no question, yet articles have them: "thanks" would be answered with whatever speaks of thanks.
Only what is nothing else is taken for one; in quotation marks every word is looked up.
"""

from __future__ import annotations

import re
from typing import Literal

Courtesy = Literal["greeting", "thanks", "farewell", "assent", "about"]

_ASSENT = (
    r"(?:ok|okay|yes|no|great|cool|nice|perfect|fine|wow|all ?right|(?:very )?good|good answer|well done"
    r"|i see|got it|understood)"
)
_FORMS: tuple[tuple[Courtesy, str], ...] = (
    (
        "thanks",
        rf"(?:{_ASSENT} )*(?:(?:many )?thanks|thank ?you|thx|cheers)"
        r"(?: (?:a lot|a million|so much|very much|again"
        r"|(?:for|to) (?:the|your|this|you|that)(?: help| answer)?))*",
    ),
    (
        "greeting",
        r"(?:(?:hello|hi|hey|hiya|greetings)(?: there| again)?|good (?:morning|afternoon|evening|day))"
        r"(?: how are you(?: (?:doing|today))*)?|how are you(?: (?:doing|today))*",
    ),
    ("farewell", rf"(?:{_ASSENT} )*(?:good ?bye|bye(?: bye)?|see you(?: later)?|good night)"),
    ("assent", rf"{_ASSENT}(?: {_ASSENT})*"),
    (
        "about",
        r"(?:please )?help(?: me)?(?: please)?|(?:who|what) are you|what (?:can|do) you do"
        r"|what can i ask(?: you)?|how do you work"
        r"|are you (?:an? )?(?:ai|bot|robot|chatbot|human|person|real)",
    ),
)
_BETWEEN = re.compile(r"[\s.,;:!?…]+")


def courtesy_of(text: str) -> Courtesy | None:
    """What a text is, if it is a courtesy and nothing else.

    >>> courtesy_of("OK, thank you!"), courtesy_of("Hi there"), courtesy_of("Who said thank you?")
    ('thanks', 'greeting', None)
    """
    words = _BETWEEN.sub(" ", text.casefold()).strip()
    return next((name for name, form in _FORMS if re.fullmatch(form, words)), None)
