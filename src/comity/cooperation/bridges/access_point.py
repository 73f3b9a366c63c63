"""How does an AS4 access point learn of a courier's file? From a document beside it, as Holodeck B2B's back end reads.

One payload, one user message (ebMS 3.0 core, 5.2): the document names the P-Mode, a conversation, and where the payload
is. Submission is by name: a document that ends in `.mmd` is complete, and so is its payload. A courier's file needs no
order and may come twice, so that the access point may send again as it likes.
"""

from __future__ import annotations

import os
import shutil
from html import escape
from pathlib import Path

from comity.cooperation.bridges.errors import PModeInvalid

NAMESPACE = "http://holodeck-b2b.org/schemas/2014/06/mmd"
LONGEST_PMODE = 255  # a guess: the access point's own limit is not documented


def submission(payload: Path, *, pmode: str) -> str:
    """Return the document that submits one payload under a P-Mode; the conversation is named after the file.

    Raises:
        PModeInvalid: the P-Mode is no name that a document can hold.
    """
    if not 0 < len(pmode) <= LONGEST_PMODE or not pmode.isprintable():
        raise PModeInvalid
    attributes = f'containment="attachment" mimeType="application/octet-stream" location="{escape(payload.name)}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<MessageMetaData xmlns="{NAMESPACE}">\n'
        f'  <CollaborationInfo>\n    <AgreementRef pmode="{escape(pmode)}"/>\n'
        f"    <ConversationId>{escape(payload.stem)}</ConversationId>\n  </CollaborationInfo>\n"
        '  <PayloadInfo deleteFilesAfterSubmit="true">\n'
        f"    <PartInfo {attributes}/>\n"
        "  </PayloadInfo>\n</MessageMetaData>\n"
    )


def submit(file: Path, folder: Path, *, pmode: str) -> Path:
    """Put a file and its document into the folder that the access point watches; return the document.

    The document gets its final name last: what an access point sees is complete.

    Raises:
        PModeInvalid: the P-Mode is no name that a document can hold.
    """
    text = submission(file, pmode=pmode)
    _durably(folder / file.name, file)
    document = folder / f"{file.stem}.mmd"
    beside = document.with_suffix(".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(document)
    return document


def _durably(to: Path, file: Path) -> None:
    with file.open("rb") as source, to.open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
