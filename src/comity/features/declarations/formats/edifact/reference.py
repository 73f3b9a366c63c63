"""Which segment of which message becomes which field: the page of docs/reference, made from the rules themselves.

Run with `python -m comity.features.declarations.formats.edifact.reference`; a test holds the page to it.
"""

from __future__ import annotations

import sys

from comity.features.declarations.formats.edifact.mapping import MESSAGE_TYPES, mapping_of, written_rules
from comity.foundation.trade.trade_document import NAMES

_HEAD = """# EDIFACT: segments and fields

Made from the rules in `formats/edifact/messages`. A group is named by the triggers around it; a segment by its tag, its
qualifier (first element, and second where another `+` stands), and the triggers between the group and it. Other
segments are told as not mapped. Fields are of the trade values: `name[]` is a list, `name?` gives way to another
segment that says the same, `^` is a field of the value before it, `-` counts or separates only. See
[EDIFACT](edifact.md).
"""


def rules_page() -> str:
    """Return the page, in Markdown."""
    names = {kind: name for name, kind in NAMES.items()}
    parts = [_HEAD]
    for message_type in MESSAGE_TYPES:
        mapping = mapping_of(message_type)
        if mapping is None:
            continue
        parts.append(f"\n## {message_type}: {names[mapping.kind]}\n")
        parts.append("\n| Group | Segment | Field |\n|---|---|---|\n")
        for group, rules in written_rules(message_type).items():
            for key, actions in rules.items():
                fields = ", ".join(f"`{action.split(' ')[0]}`" for action in actions)
                segment = key.replace("|", "\\|")
                parts.append(f"| {group or 'message'} | `{segment}` | {fields} |\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(rules_page())
