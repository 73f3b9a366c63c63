"""What do the first bytes of a file look like? The root element of XML, the first keys of JSON, neither."""

from __future__ import annotations

import re
from functools import lru_cache

HEAD_BYTES = 4096
"""How much of a file is looked at before its format is known: a guess, above every prologue seen."""

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")
_PROLOGUE = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.DOTALL)

_FIRST = re.compile(r"(?:<\?[^<>?]*+\?>\s*+)?+<(?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")  # after a usual prologue


@lru_cache(maxsize=4)  # every format asks it of the same bytes
def head_text(head: bytes) -> str:
    """Return the first bytes as text, whatever their encoding: only what is ASCII matters for sniffing."""
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"").decode("latin-1").lstrip()


def looks_like_xml(head: bytes) -> bool:
    """Claim that the file begins as XML does."""
    return head_text(head).startswith("<")


def looks_like_json(head: bytes) -> bool:
    """Claim that the file begins as a JSON object or array does."""
    return head_text(head)[:1] in ("{", "[")


@lru_cache(maxsize=4)  # several formats ask it of the same bytes
def root_name(head: bytes) -> str | None:
    """Return the local name of the root element, or None where no start tag is among the first bytes."""
    if not looks_like_xml(head):
        return None
    text = head_text(head)
    found = _FIRST.match(text) or _ROOT.search(_PROLOGUE.sub("", text))
    return found.group(1) if found else None
