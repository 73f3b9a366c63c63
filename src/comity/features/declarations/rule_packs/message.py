"""What elements a message has at a path, and where an element is: a light tree over the parsed XML.

A path is a step of the language of rules: `.`, `A/B` downwards, `../` once or more upwards and then down. Names are
local: as in the published packs, namespaces do not tell elements apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lxml.etree import _Element

from comity.features.declarations.rule_packs.errors import RulesTooCostly

MAX_STEPS = 5_000_000
"""Elements that all rules together may look at in one message. A guess: 999 goods items under the published packs
need fewer than 200,000; five million take a few seconds."""

SPACE = "\t\n\r "
"""White space in the sense of XML 1.0, production 3."""

_NONE: tuple[MessageElement, ...] = ()
_CHILDLESS: dict[str, list[MessageElement]] = {}


class Path(NamedTuple):
    """A parsed path: `up` levels first, then `down` by names; both empty is the element itself."""

    up: int
    down: tuple[str, ...]


class Work:
    """Counts what evaluating the rules over one message costs."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Count steps.

        Raises:
            RulesTooCostly: the message is allowed no more.
        """
        self.left -= steps
        if self.left < 0:
            raise RulesTooCostly


class MessageElement:
    """An element of a message: its name, text, parent, and children by name. `index` counts equal names from 1."""

    __slots__ = ("_found", "_text", "children", "index", "name", "parent", "source", "work")

    def __init__(self, source: _Element, name: str, parent: MessageElement | None, index: int, work: Work) -> None:
        self.source = source
        self.name = name
        self.parent = parent
        self.index = index
        self.work = work
        self.children = _CHILDLESS
        self._found: dict[tuple[str, ...], Sequence[MessageElement]] | None = None
        self._text: str | None = None

    @property
    def text(self) -> str:
        """Return all text within the element."""
        if self._text is None:
            self._text = "".join(map(str, self.source.itertext())) if self.children else (self.source.text or "")
        return self._text

    @property
    def child_count(self) -> int:
        """Return how many elements stand directly within this one."""
        return len(self.source)

    def location(self, root: str) -> str:
        """Return the XPath with an index at every step; `root` is how the message's own element is written."""
        steps: list[str] = []
        here = self
        while here.parent is not None:
            steps.append(f"{here.name}[{here.index}]")
            here = here.parent
        return "/".join([f"/{root}[1]", *reversed(steps)])

    def below(self, down: tuple[str, ...]) -> Sequence[MessageElement]:
        """Return the elements at a path downwards, in order."""
        if not down:
            return (self,)
        level = self.children.get(down[0], _NONE)
        for name in down[1:]:
            if len(level) > 1:
                return self._found_once(down)
            level = level[0].children.get(name, _NONE) if level else _NONE
        return level

    def _found_once(self, down: tuple[str, ...]) -> Sequence[MessageElement]:
        """Return the elements at a path over repeated ones, and keep them: every such element may ask for them."""
        if self._found is None:
            self._found = {}
        found = self._found.get(down)
        if found is None:
            level: Sequence[MessageElement] = self.children.get(down[0], _NONE)
            for name in down[1:]:
                self.work.spend(len(level))
                level = [child for element in level for child in element.children.get(name, _NONE)]
            found = self._found[down] = level
        return found


def message_of(root: _Element, *, max_steps: int = MAX_STEPS) -> MessageElement:
    """Return the tree of a message. Comments and processing instructions are no elements."""
    work = Work(max_steps)
    top = MessageElement(root, _local(root.tag), None, 1, work)
    open_elements = [top]
    while open_elements:
        parent = open_elements.pop()
        children: dict[str, list[MessageElement]] = {}
        parent.children = children
        for source in parent.source:
            tag = source.tag
            if not isinstance(tag, str):
                continue
            name = tag if tag[0] != "{" else _local(tag)
            same = children.get(name)
            if same is None:
                children[name] = same = []
            element = MessageElement(source, name, parent, len(same) + 1, work)
            same.append(element)
            if len(source):
                open_elements.append(element)
    return top


def release(message: MessageElement) -> None:
    """Let the tree go: without their parents its elements are freed at once, not by a search for cycles later."""
    waiting = [message]
    for element in waiting:
        element.parent = None
        for same in element.children.values():
            waiting += same


def finder(path: Path) -> Callable[[MessageElement], Sequence[MessageElement]]:
    """Return the function that finds the elements at a path from a given element."""
    up, down = path
    if not up:
        return _finder_below(down)
    if not down:
        return lambda element: (_ancestor(element, up),)

    find = _finder_below(down)
    return lambda element: find(_ancestor(element, up))


def _finder_below(down: tuple[str, ...]) -> Callable[[MessageElement], Sequence[MessageElement]]:
    if not down:
        return lambda element: (element,)
    if len(down) == 1:
        name = down[0]
        return lambda element: element.children.get(name, _NONE)
    return lambda element: element.below(down)


def _ancestor(element: MessageElement, up: int) -> MessageElement:
    """Go up; above the message there is nothing, and packs that would go there are refused when they are loaded."""
    while up and element.parent is not None:
        element = element.parent
        up -= 1
    return element


def _local(tag: str) -> str:
    return tag if tag[0] != "{" else tag[tag.rindex("}") + 1 :]
