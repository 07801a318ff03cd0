"""The language of a text is that of its common words."""

import pytest

from amends.words.guess import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you for your letter; we have looked into it.", "en"),
        ("We’ve sent it and it’s on its way.", "en"),
        ("Vielen Dank für Ihren Brief; wir haben ihn geprüft.", "de"),
        ("Gracias por su carta; la hemos revisado.", "es"),
        ("Hello! Wir haben Ihren Brief bekommen und melden uns bei Ihnen. Best wishes", "de"),
        ("Hola, we have received your letter and will answer it on Friday. Saludos", "en"),
        ("MIT FREUNDLICHEN GRÜSSEN UND VIELEN DANK FÜR DIE GEDULD", "de"),
    ],
)
def test_most_of_its_common_words_tell_the_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "12345", "R-40?", "مرحبا", "👍", "Ok"])
def test_where_no_word_tells_the_preferred_language_is_taken(text):
    assert language_of(text) == "en"
    assert language_of(text, "de") == "de"
    assert language_of(text, "xx") == "en"


def test_between_two_that_tell_as_much_the_preferred_is_taken():
    text = "thank you / vielen dank"
    assert language_of(text, "de") == "de"
    assert language_of(text, "en") == "en"
