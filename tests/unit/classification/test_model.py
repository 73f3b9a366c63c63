"""What the classifier suggests, why, what it refuses, and that its file is taken as it was recorded or not at all."""

import hashlib

import pytest

from comity.features.tariff.classification.classify import classify
from comity.features.tariff.classification.errors import (
    DescriptionInvalid,
    ModelAltered,
    ModelMissing,
    ScriptUnsupported,
)
from comity.features.tariff.classification.model_file import read_model, sha256_of, to_bytes
from comity.features.tariff.classification.train import train
from comity.features.tariff.classification.words import LONGEST, MOST_WORDS, raw_words, telling_words
from tests.unit.classification.lessons import a_lesson


@pytest.fixture(scope="module")
def model():
    return train(a_lesson())


@pytest.mark.parametrize(
    ("goods", "code"),
    [
        ("roasted coffee without caffeine, decaf", "090122"),
        ("frozen prawn tails", "030617"),
        ("knitted cotton tshirts for men", "610910"),
        ("oil pump of an engine", "841330"),
    ],
)
def test_suggests_the_subheading_whose_words_are_said(model, goods, code):
    answer = classify(model, goods)

    assert answer.suggestions[0].code == code


def test_names_the_deciding_words_the_texts_the_rules_and_the_national_codes(model):
    first = classify(model, "engine oil pump, unassembled").suggestions[0]

    assert {"pump", "engine"} <= set(" ".join(first.words).split())
    assert first.heading_text == "Pumps for liquids"
    assert first.chapter_text == "Machinery"
    assert first.rules == ("1", "2(a)", "6")
    assert first.national == ("8413300000",)


def test_relies_on_likeness_where_no_word_of_the_heading_is_said(model):
    first = classify(model, "sencha leaf in sachet").suggestions[0]

    assert first.code == "090210"
    assert first.rules[0] == "4"


@pytest.mark.parametrize("text", ["sample", "various parts", "xqzzt"])
def test_refuses_what_says_too_little(model, text):
    answer = classify(model, text)

    assert answer.suggestions == ()
    assert answer.refusal


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", DescriptionInvalid),
        ("   ", DescriptionInvalid),
        ("a" * (LONGEST + 1), DescriptionInvalid),
        ("coffee\x00roasted", DescriptionInvalid),
        ("coffee \ud800", DescriptionInvalid),
        ("кофе жареный", ScriptUnsupported),
        ("焙煎コーヒー", ScriptUnsupported),
    ],
)
def test_refuses_text_that_cannot_be_read(model, text, error):
    with pytest.raises(error):
        classify(model, text)


def test_passes_over_the_controls_of_wrongly_decoded_text(model):
    assert classify(model, "decaf caf\xc3\xa9 coffee\x80\x99s").suggestions[0].code == "090122"


def test_bounds_the_words_it_looks_at():
    assert len(raw_words("coffee " * 280)) == MOST_WORDS


def test_folds_accents_and_plurals_and_leaves_out_noise():
    assert telling_words("Cafés, 3 kg of BERRIES") == ["cafe", "berry"]


def test_equal_files_and_seeds_make_equal_bytes(model):
    assert to_bytes(train(a_lesson())) == to_bytes(model)


def test_a_model_read_again_answers_the_same(model, tmp_path):
    content = to_bytes(model)
    path = tmp_path / "model.npz"
    path.write_bytes(content)

    read = read_model(path, sha256=sha256_of(content))

    before, after = classify(model, "decaf coffee").suggestions, classify(read, "decaf coffee").suggestions
    assert [each.code for each in before] == [each.code for each in after]
    assert read.version == f"hs2022-{hashlib.sha256(content).hexdigest()[:12]}"


def test_refuses_a_model_file_with_one_byte_changed(model, tmp_path):
    content = to_bytes(model)
    altered = bytearray(content)
    altered[len(altered) // 2] ^= 1
    path = tmp_path / "model.npz"
    path.write_bytes(altered)

    with pytest.raises(ModelAltered):
        read_model(path, sha256=sha256_of(content))


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 cut short"])
def test_refuses_a_recorded_file_that_is_no_model(content, tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(content)

    with pytest.raises(ModelAltered):
        read_model(path, sha256=sha256_of(content))


def test_says_that_there_is_no_model(tmp_path):
    with pytest.raises(ModelMissing):
        read_model(tmp_path / "model.npz", sha256="")
