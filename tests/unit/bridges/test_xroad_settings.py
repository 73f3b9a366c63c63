"""What may stand in xroad.toml, and what is an X-Road identifier (PR-REST 4.1, 4.2, 4.8)?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.bridges.errors import XRoadHeaderInvalid, XRoadSettingsInvalid
from comity.cooperation.bridges.xroad_settings import FORBIDDEN, load_xroad, read_identifier, write_identifier

OURS = 'security_server = "http://127.0.0.1:8080"\nclient = "EAC/GOV/KE-1/customs"\n'
PARTS = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="".join(FORBIDDEN)), min_size=1, max_size=20
).filter(lambda text: text.isprintable() and text not in (".", ".."))


def load(home, text):
    (home / "xroad.toml").write_text(text, encoding="utf-8")
    return load_xroad(home)


@given(st.lists(PARTS, min_size=3, max_size=5).map(tuple))
def test_identifier_is_read_as_it_was_written(identifier):
    assert read_identifier(write_identifier(identifier), parts=(3, 4, 5)) == identifier


@given(st.text(max_size=80))
def test_any_text_is_an_identifier_or_refused_by_name(text):
    try:
        read = read_identifier(text, parts=(3, 4))
    except XRoadHeaderInvalid:
        return
    assert len(read) in (3, 4)
    assert all(read)


@pytest.mark.parametrize(
    "text",
    ["", "A/B", "A/B/C/D/E", "A//C", "A/B/..", "A/B/%2F", "A/B/%ff", "A/B/x%00", "A/B/" + "c" * 256, "A/B/C%0Ad: e"],
)
def test_refuses_what_is_no_client_identifier(text):
    with pytest.raises(XRoadHeaderInvalid):
        read_identifier(text, parts=(3, 4))


def test_node_without_the_file_is_not_on_xroad(tmp_path):
    assert load_xroad(tmp_path) is None


def test_partners_are_found_by_client_and_represented_party(tmp_path):
    shared = '"EAC/GOV/REGION/hub"'
    text = (
        f'{OURS}[partners.UG]\nclient = {shared}\nrepresented_party = "GOV/UG-1"\n'
        f'[partners.TZ]\nclient = {shared}\nrepresented_party = "GOV/TZ-1"\nservice = "EAC/GOV/TZ-1/customs/comity"\n'
    )

    xroad = load(tmp_path, text)

    assert xroad.authority_of(("EAC", "GOV", "REGION", "hub"), ("GOV", "TZ-1")) == "TZ"
    assert xroad.authority_of(("EAC", "GOV", "REGION", "hub"), None) is None
    assert (xroad.reaches("TZ"), xroad.reaches("UG"), xroad.reaches("RW")) == (True, False, False)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("client", "xroad.toml"),
        ('client = "EAC/GOV/KE-1"', "security_server"),
        ('security_server = "ftp://there"\nclient = "EAC/GOV/KE-1"', "security_server"),
        ('security_server = "http://there"', "client"),
        ('security_server = "http://there"\nclient = "EAC/GOV"', "client"),
        ('security_server = "https://there"\nclient = "EAC/GOV/KE-1"', "certificate"),
        (f'{OURS}certificate = "absent.pem"', "certificate"),
        (f'{OURS}client_key = "xroad.toml"', "client_key"),
        (f"{OURS}colour = 1", "colour"),
        (f"{OURS}partners = 3", "partners"),
        (f'{OURS}[partners.uganda]\nclient = "A/B/C"', "partners.uganda"),
        (f"{OURS}[partners.UG]", "partners.UG"),
        (f"{OURS}[partners.UG]\nservice = 3", "partners.UG.service"),
        (f'{OURS}[partners.UG]\nservice = "A/B/C"', "partners.UG.service"),
        (f'{OURS}[partners.UG]\nservise = "A/B/C/D"', "partners.UG.servise"),
        (f'{OURS}[partners.UG]\nclient = "A/B/C"\n[partners.TZ]\nclient = "A/B/C"', "partners"),
    ],
)
def test_refuses_a_file_that_cannot_be_meant_and_names_the_place(tmp_path, text, place):
    with pytest.raises(XRoadSettingsInvalid) as refused:
        load(tmp_path, text)

    assert refused.value.path == place
