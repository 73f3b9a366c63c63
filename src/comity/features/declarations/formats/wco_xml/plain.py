"""What a document says that has nothing unusual about it: read from its text, without a tree.

`lxml` makes an object of every element, which alone takes longer than reading should. A document of plain start tags,
end tags and text is cut at its tags instead, and read by the same tables as the tree is. Whatever is not plain (an
unknown element, another attribute, a fault of any kind) raises `Unusual`: then the tree is read, with care.

What is accepted here is well-formed by construction: every end tag is the one of its start tag, there are no comments,
sections, instructions or entities but the five of XML 1.0, and no character that may not be printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from comity.features.declarations.formats.wco_xml.leaf import Fault, Leaf
from comity.features.declarations.formats.wco_xml.structure import Child, Class, Values

Parts = list[str]
"""A text cut at every `<`: `ID>KE01`, `/ID>`, … without the blanks at the end of each."""

Read = Callable[[Parts, int, str], tuple[Any, int]]
"""From the parts, the place after a start tag and its end tag: the value, and the place after the end tag."""

Step = tuple[str | None, Any, str, Read | None, dict[str, Any] | None, bool]
"""What a start tag with its text says: name, value (of a leaf), end tag, reader (of a class), what it remembers of
such parts, and whether it is many."""

Reader = tuple[Read, dict[str, Any] | None]
"""How a class is read, and what it remembers of parts read before; None where these are too large to come again."""

Learn = Callable[[str, dict[str, Step]], Step]
"""From a start tag with its text, and the steps known, to its step, which it adds."""

REMEMBERED = 1024
"""Steps, and parts of a message, kept for each class before they are forgotten: a guess, some megabytes in all."""

LONGEST_REMEMBERED = 400
"""Characters of the longest part of a message kept: a party with its address. A guess."""

BLANK = " \t\r\n"
_START_TAG = re.compile(r'([A-Za-z0-9_.:-]+)(?: ([A-Za-z]+)="([A-Za-z0-9#]{1,5})")?')
_ENTITY = re.compile("&([a-z]*;?)")
_ENTITIES = {"amp;": "&", "lt;": "<", "gt;": ">", "quot;": '"', "apos;": "'"}


class Unusual(Exception):
    """The text is not plain: the tree has to be read."""


def reader_of(kind: Class, prefixes: tuple[str, ...] = ("",)) -> Callable[[str, str], Any]:
    """Make a function from the text after a start tag of this class, up to and with its end tag, to the value.

    `prefixes` are those of the namespaces an element may be in, with their colon; none is the empty prefix.

    Raises (the function made):
        Unusual, Fault: the text is not plain, or not right.
    """
    read, _ = _Readers(prefixes).of(kind)

    def read_text(text: str, end_tag: str) -> Any:
        parts = text.split("<")
        if parts[0] or parts[1][-1:] == "\n" or parts[-2][-1:] == "\n":
            parts = [part.rstrip(BLANK) for part in parts]
        try:
            value, place = read(parts, 1, end_tag[1:])
        except (IndexError, ValueError) as error:
            raise Unusual from error
        if parts[0] or place != len(parts):
            raise Unusual
        return value

    return read_text


class _Readers:
    """Makes the readers of the classes of one message, each once: those that share a class share what it remembers."""

    def __init__(self, prefixes: tuple[str, ...]) -> None:
        self._prefixes = prefixes
        self._made: dict[Class, Reader] = {}

    def of(self, kind: Class) -> Reader:
        if kind not in self._made:
            contents = [child.content for child in kind.children.values()]
            below = {content: self.of(content) for content in contents if isinstance(content, Class)}
            walk = _walker(kind, _learner(kind, self._prefixes, below))
            self._made[kind] = (walk, {} if _levels(kind) <= 2 else None)
        return self._made[kind]


def _levels(kind: Class) -> int:
    below = [_levels(child.content) for child in kind.children.values() if isinstance(child.content, Class)]
    return 1 + max(below, default=0)


def _walker(kind: Class, learn: Learn) -> Read:
    """Make the function that walks once over the parts inside an element."""
    known: dict[str, Step] = {}
    recall = known.get
    needed = frozenset(kind.needs or ())

    def walk(parts: Parts, place: int, end_tag: str) -> tuple[Any, int]:
        values: Values = {}
        lists: dict[str, list[Any]] = {}
        while True:
            part = parts[place]
            step = recall(part)
            if step is None:
                if part == end_tag:
                    return _made(kind, values, lists, needed), place + 1
                step = learn(part, known)
            name, value, its_end_tag, read, remembered, is_many = step
            place += 1
            if read is None:
                if parts[place] != its_end_tag:
                    raise Unusual
                place += 1
            elif remembered is None:
                value, place = read(parts, place, its_end_tag)
            else:
                end = parts.index(its_end_tag, place)
                text = "<".join(parts[place:end])
                value = remembered.get(text) or _remember(text, read(parts, place, its_end_tag), end, remembered)
                place = end + 1
            if name is None:
                expected = len(values) + len(value)
                values.update(value)
                if len(values) != expected:
                    raise Unusual
            elif is_many:
                lists.setdefault(name, []).append(value)
            elif name in values:
                raise Unusual
            else:
                values[name] = value

    return walk


def _made(kind: Class, values: Values, lists: dict[str, list[Any]], needed: frozenset[str]) -> Any:
    """Return what the values of an element make."""
    for name, found in lists.items():
        values[name] = tuple(found)
    if not values:
        raise Unusual
    if kind.finish is not None:
        kind.finish(values, _refuse)
    if not needed <= values.keys():
        raise Unusual
    made = values if kind.build is None else kind.build(**values)
    if made is None:
        raise Unusual
    return made


def _remember(text: str, read: tuple[Any, int], end: int, remembered: dict[str, Any]) -> Any:
    """Keep what the parts of a small element say: values are frozen, and parties, procedures and duties recur."""
    value, after = read
    if after != end + 1:
        raise Unusual
    if len(text) <= LONGEST_REMEMBERED:
        if len(remembered) >= REMEMBERED:
            remembered.clear()
        remembered[text] = value
    return value


def _refuse(code: str, message: str) -> None:
    raise Fault(code, message)


def _learner(kind: Class, prefixes: tuple[str, ...], below: Mapping[Class, Reader]) -> Learn:
    """Make the function that finds out what a start tag with its text says, and remembers it."""
    children: dict[str, Child] = {prefix + name: child for name, child in kind.children.items() for prefix in prefixes}

    def learn(part: str, known: dict[str, Step]) -> Step:
        start_tag, _, text = part.partition(">")
        found = _START_TAG.fullmatch(start_tag)
        if found is None or found[1] not in children:
            raise Unusual
        name, content, is_many = children[found[1]]
        end_tag = f"/{found[1]}>"
        if isinstance(content, Leaf):
            if found[2] is not None and found[2] != content.attribute:
                raise Unusual
            step: Step = (name, content.read(_without_entities(text), found[3]), end_tag, None, None, is_many)
        elif text or found[2] is not None:
            raise Unusual
        else:
            read, remembered = below[content]
            if _local(found[1]) in content.children:  # its end tag is not the first of that name
                remembered = None
            step = (name, None, end_tag, read, remembered, is_many)
        if len(known) >= REMEMBERED:
            known.clear()
        known[part] = step
        return step

    return learn


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _without_entities(text: str) -> str:
    """Return the text with the five entities of XML 1.0 replaced."""
    if not text.isprintable() or "]]>" in text:
        raise Unusual
    if "&" not in text:
        return text
    return _ENTITY.sub(_entity, text)


def _entity(found: re.Match[str]) -> str:
    if found[1] not in _ENTITIES:
        raise Unusual
    return _ENTITIES[found[1]]
