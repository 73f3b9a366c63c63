"""How a feature's reason is said in the reader's language: its sentence is the message id, its parameters fill it."""

from __future__ import annotations

from comity.entrypoints.console.language import Language
from comity.features.mirror.in_words import SENTENCES, Reason


def sentence(language: Language, reason: Reason) -> str:
    """Return the mirror's reason in the reader's language; an unknown one in English."""
    pattern = SENTENCES.get(reason.message_id)
    if pattern is None:
        return str(reason)
    return language.say(pattern).format(**dict(reason.params))
