"""What every template must have: the form token on every post, a label on every field, nothing inline."""

import re
from pathlib import Path

import pytest

from comity.entrypoints.console.site import FOLDER
from comity.entrypoints.console.static_files import FOLDER as STATIC

TEMPLATES = sorted(Path(FOLDER).glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_posts_carries_the_form_token(path):
    text = path.read_text(encoding="utf-8")

    forms = re.findall(r'<form[^>]*method="post".*?</form>', text, flags=re.S)

    only_ask = re.findall(r'<form[^>]*method="get"', text)
    assert len(forms) + len(only_ask) == len(re.findall(r"<form", text))
    assert all("form_fields()" in form for form in forms)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_is_inline_so_that_the_content_policy_holds(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in re.sub(r"extra='[^']*'\|safe", "", text), "only fixed attribute texts may go unescaped"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_field_has_a_label(path):
    text = path.read_text(encoding="utf-8")

    for field in re.findall(r"<(?:input|textarea|select)[^>]*>", text):
        if 'type="hidden"' in field or "aria-label=" in field:
            continue
        found = re.search(r'\sid="([^"]+)"', field)
        wrapped = re.search(r"<label[^>]*>\s*" + re.escape(field), text)
        assert wrapped or (found and f'for="{found.group(1)}"' in text), field


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_table_has_a_caption_and_scoped_headers(path):
    text = path.read_text(encoding="utf-8")

    assert len(re.findall(r"<table", text)) == len(re.findall(r"<caption", text))
    assert not re.search(r"<th(?=[\s>])(?![^>]*scope=)", text)


def test_style_sheets_use_logical_properties_only_so_that_right_to_left_mirrors():
    text = (STATIC / "console.css").read_text(encoding="utf-8")

    assert not re.findall(r"(?:margin|padding|border)-(?:left|right)\b|[^-]\b(?:left|right)\s*:", text)
    assert not re.findall(r"text-align:\s*(?:left|right)", text)


def test_all_colours_are_design_tokens():
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", (STATIC / "console.css").read_text(encoding="utf-8"))
