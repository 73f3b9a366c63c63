"""What an AS4 access point is given, and that it sees nothing that is not complete."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.bridges.access_point import NAMESPACE, submission, submit
from comity.cooperation.bridges.errors import PModeInvalid
from tests.simulators.access_point import AccessPoint

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40)


@given(NAMES, NAMES.filter(lambda name: "/" not in name and name not in (".", "..")))
def test_any_printable_name_is_written_so_that_it_is_read_again(pmode, name):
    root = ET.fromstring(submission(Path(f"{name}.comity"), pmode=pmode))

    reference = root.find(f"{{{NAMESPACE}}}CollaborationInfo/{{{NAMESPACE}}}AgreementRef")
    part = root.find(f"{{{NAMESPACE}}}PayloadInfo/{{{NAMESPACE}}}PartInfo")
    assert reference.attrib["pmode"] == pmode
    assert part.attrib["location"] == f"{name}.comity"


@pytest.mark.parametrize("pmode", ["", "a\nb", "x" * 256])
def test_a_pmode_that_is_no_name_is_refused_and_nothing_is_written(tmp_path, pmode):
    file = tmp_path / "a.comity"
    file.write_bytes(b"x")
    (tmp_path / "out").mkdir()

    with pytest.raises(PModeInvalid):
        submit(file, tmp_path / "out", pmode=pmode)

    assert list((tmp_path / "out").iterdir()) == []


def test_an_unknown_pmode_is_rejected_by_the_access_point_and_the_payload_stays(tmp_path):
    file, out = tmp_path / "a.comity", tmp_path / "out"
    file.write_bytes(b"x")
    out.mkdir()
    submit(file, out, pmode="another")

    AccessPoint(out, {"customs-ke": tmp_path}).work()

    assert sorted(one.name for one in out.iterdir()) == ["a.comity", "a.err", "a.rejected"]
