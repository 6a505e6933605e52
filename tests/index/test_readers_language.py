"""The language of a file: as it is stated, else as its letters tell, else unknown."""

from __future__ import annotations

import pytest

from index.readers.files import read
from index.readers.language import detect_language
from index.readers.reading import Reading

GERMAN = "Die neue Fähre fasst 550 Fahrgäste. Der Rat hat beschlossen, die Brücke zu sanieren."


@pytest.mark.parametrize(
    ("name", "content", "language"),
    [
        ("a.txt", GERMAN, "de"),
        ("a.md", f"# Hafen\n\n{GERMAN}", "de"),
        ("a.md", f"---\nlanguage: fr-CA\n---\n{GERMAN}", "fr"),
        ("a.csv", f"title,text\nHafen,{GERMAN!r}\n".replace("'", '"'), "de"),
        ("a.txt", "The new ferry was late again, and nobody at the harbour could say why.", "en"),
        ("a.txt", "Новый паром перевозит 550 пассажиров.", "ru"),
        ("a.txt", "東京都は月曜日に新しい橋を開通させた。", "ja"),
        ("a.txt", "Port Ellen", None),
        ("a.txt", "42 - 17 = 25", None),
    ],
)
def test_a_file_has_the_language_it_is_in(tmp_path, name, content, language):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    [article] = read(path, article_id=name, reading=Reading())
    assert article.language == language


def test_only_the_beginning_of_a_long_text_is_read():
    assert detect_language(GERMAN * 100 + "The rest of it is in English. " * 10_000) == "de"
