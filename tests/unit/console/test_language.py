import pytest

from comity.entrypoints.console.language import LANGUAGE_CODES, choose_language, languages


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("fr", "en", "fr"),
        (None, "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        (None, "de, en;q=0.5, fr;q=0.7", "fr"),
        (None, "fr;q=0, en;q=0.1", "en"),
        ("xx", "", "en"),
        (None, "fr;q=much", "en"),
        (None, "," * 5000, "en"),
    ],
)
def test_speaks_the_language_asked_for_else_the_best_accepted(asked, accepted, chosen):
    assert choose_language(asked, accepted) == chosen


def test_every_language_has_a_catalogue_and_names_itself():
    names = [languages()[code].own_name for code in LANGUAGE_CODES]

    assert names == ["English", "Français"]
    assert {languages()[code].direction for code in LANGUAGE_CODES} == {"ltr"}


def test_fills_values_in_and_leaves_percent_signs_of_plain_messages_alone():
    french = languages()["fr"]

    assert french.say("goods line %(line)s", line=3) == "article 3"
    assert french.say("Mass equal within 1 %") == "Masse égale à 1 % près"
