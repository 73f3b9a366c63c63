"""Two AS4 access points with file back ends, as Holodeck B2B documents them; what runs between them is a copy here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

NAMESPACE = "{http://holodeck-b2b.org/schemas/2014/06/mmd}"


@dataclass
class AccessPoint:
    """One access point: the folder it watches, its P-Modes, and where each P-Mode's partner delivers."""

    watched: Path
    pmodes: dict[str, Path]

    def work(self, *, times: int = 1) -> None:
        """Submit every document that is there, and deliver its payload; more than once, as a retry would."""
        for document in sorted(self.watched.glob("*.mmd")):
            try:
                payload, to = self._read(document)
            except (KeyError, ValueError, ET.ParseError) as error:
                document.with_suffix(".err").write_text(str(error), encoding="utf-8")
                document.rename(document.with_suffix(".rejected"))
                continue
            for time in range(times):
                (to / f"pl-{time}-{payload.name}").write_bytes(payload.read_bytes())
            payload.unlink()
            document.rename(document.with_suffix(".accepted"))

    def _read(self, document: Path) -> tuple[Path, Path]:
        root = ET.fromstring(document.read_bytes())
        agreement = root.find(f"{NAMESPACE}CollaborationInfo/{NAMESPACE}AgreementRef")
        conversation = root.find(f"{NAMESPACE}CollaborationInfo/{NAMESPACE}ConversationId")
        parts = root.findall(f"{NAMESPACE}PayloadInfo/{NAMESPACE}PartInfo")
        if root.tag != f"{NAMESPACE}MessageMetaData" or agreement is None or len(parts) != 1:
            raise ValueError("not a submission")
        if conversation is None or not conversation.text:
            raise ValueError("no conversation")
        payload = self.watched / parts[0].attrib["location"]
        if parts[0].attrib.get("containment") != "attachment" or not payload.is_file():
            raise ValueError("no payload")
        return payload, self.pmodes[agreement.attrib["pmode"]]
