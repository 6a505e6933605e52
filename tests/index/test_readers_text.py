"""Plain text: encodings, cleaning, wrapped lines, titles."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.readers import read
from index.readers.cleaning import clean_text, join_wrapped
from index.readers.reading import Reading

SENTENCES = {
    "fr-cp1252": "Le président a annoncé lundi que la coopération serait renforcée. « C’est une décision "
    "très importante », a déclaré le porte-parole à l’Élysée.",
    "de-cp1252": "Die Bundesregierung hat am Montag angekündigt, die Zusammenarbeit zu verstärken. „Größere "
    "Übungen“ wären möglich, sagte ein Sprecher.",
    "sv-cp1252": "Regeringen meddelade på måndagen att den avser att utöka samarbetet med andra länder, även "
    "på försvarsområdet.",
    "es-cp1252": "El ministro dijo el lunes que el puerto seguirá cerrado hasta fin de año. ¿Por qué? «No lo "
    "sé», respondió la señora Núñez.",
    "en-cp1252": "The company said on Monday that it’s going to expand its “naïve” café business — a move.",
    "pl-cp1250": "Rząd ogłosił w poniedziałek, że zamierza rozszerzyć współpracę z państwami afrykańskimi, w "
    "tym w dziedzinie obronności i bezpieczeństwa.",
    "cs-cp1250": "Vláda v pondělí oznámila, že hodlá rozšířit spolupráci s africkými zeměmi, včetně obrany a "
    "bezpečnosti. Řekl to mluvčí.",
    "hu-cp1250": "A kormány hétfőn bejelentette, hogy bővíteni kívánja az együttműködést az afrikai "
    "országokkal, többek között a védelem terén.",
    "tr-cp1254": "Hükümet pazartesi günü Afrika ülkeleriyle savunma ve güvenlik alanlarında iş birliğini "
    "genişletmeyi planladığını açıkladı. Şirketin değeri düştü.",
    "ru-cp1251": "Кремль объявил в понедельник, что Россия намерена расширять сотрудничество с африканскими "
    "странами, в том числе в области обороны и безопасности.",
    "ru-koi8_r": "Кремль объявил в понедельник, что Россия намерена расширять сотрудничество с африканскими "
    "странами, в том числе в области обороны и безопасности.",
    "ja-shift_jis": "政府は月曜日、アフリカ諸国との安全保障協力を強化すると発表した。"
    "これは地域における軍事的な存在感を示すものである。",
    "zh-gb18030": "政府周一宣布将扩大与非洲国家的合作，包括国防和安全领域。"
    "发言人表示，这一决定非常重要，将影响整个地区的局势。",
}
FILE_NAME = "an-article_here.txt"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_in_all_its_forms(load, encoding: str) -> None:
    sentence = "Zażółć gęślą jaźń 😀 — مرحبا."
    assert load(sentence.encode(encoding)).text == sentence


@pytest.mark.parametrize("name", SENTENCES)
def test_an_older_encoding_is_told(load, name: str) -> None:
    assert load(SENTENCES[name].encode(name.partition("-")[2])).text == SENTENCES[name]


def test_an_unknown_encoding_is_named_with_the_way_out(load) -> None:
    with pytest.raises(InputError, match=r"an-article_here\.txt: unknown encoding") as caught:
        load(b"abc \x81\x8d\x8f\xff\xfe\xc0 def " * 5)
    assert "UTF-8" in caught.value.hint


def test_a_broken_utf16_file_is_an_error(load) -> None:
    with pytest.raises(InputError, match="UTF-16"):
        load("words".encode("utf-16") + b"\x00")


@pytest.mark.parametrize(
    "data", [b"\x7fELF\x02\x01\x01\x00\x00\x00", bytes(range(256)) * 9, b"\x1f\x01\x02abc"]
)
def test_a_binary_file_named_txt(load, data: bytes) -> None:
    with pytest.raises(InputError, match=r"binary file named \.txt"):
        load(data)


@pytest.mark.parametrize("data", [b"", b" \t\r\n\n", b"\xef\xbb\xbf", "\u200b\u200d\n".encode()])
def test_an_empty_file(load, data: bytes) -> None:
    with pytest.raises(InputError, match="is empty"):
        load(data)


def test_cleaning_keeps_the_characters_that_are_text() -> None:
    kept = "👩‍👩‍👧 family; \u202bעברית\u202c; zero\u200bwidth; e\u0301; \xa0nbsp"
    assert clean_text(f"\ufeff{kept}  \r\n\r\n\r\n\r\nNext\ttab\x07\rEnd\n\n") == f"{kept}\n\nNext\ttab\nEnd"


@given(st.text())
def test_cleaning_is_idempotent_and_bounded(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert "\n\n\n" not in once
    assert "\r" not in once


@pytest.mark.parametrize("width", [60, 72, 98])
def test_hard_wrapped_paragraphs_are_joined(width: int) -> None:
    paragraphs = [
        "The minister said on Monday that the port of the capital would remain closed until the "
        "end of the year. She added that the inspectors had not been able to visit all of its quays, "
        "which she called regrettable.",
        "Traders in the old town had asked for an earlier date. Their association, founded in 1921, "
        "now wants to take the ministry to court, as its chairman told reporters on Tuesday evening after "
        "a long meeting.",
    ]
    wrapped = "\n\n".join(textwrap.fill(p, width, break_on_hyphens=False) for p in paragraphs)
    assert join_wrapped(f"A heading\n\n{wrapped}") == "\n\n".join(["A heading", *paragraphs])


@pytest.mark.parametrize(
    "text",
    [
        "Roses are red,\nViolets are blue,\nSugar is sweet.",
        "Shopping\n- apples and pears\n- bread\n- milk",
        "First whole sentence stands here on its own line.\nThe second one stands on the next line as well.",
        "Title of the article\nReuters\n\nThe text begins here.",
        "One very long line " + "that was never wrapped at all " * 9 + "ends.\nand a short one\nmore",
    ],
)
def test_lines_that_were_not_wrapped_stay(text: str) -> None:
    assert join_wrapped(text) == text


def test_title_is_the_first_line_when_it_reads_as_one(load) -> None:
    assert load("Kremlin steps up\n\nReuters\n\nThe text.").title == "Kremlin steps up"
    assert load("A first sentence, ended.\n\nThe text.").title == "an article here"
    assert load("Only line").title == "an article here"


def test_a_byline_is_not_a_publisher(load) -> None:
    article = load("Kremlin steps up\n\nReuters\n\nThe text.")
    assert article.publisher is None
    assert article.published is None
    assert article.text == "Kremlin steps up\n\nReuters\n\nThe text."


def test_front_matter_is_read_in_plain_text_too(load) -> None:
    article = load("---\ntitle: Ports\npublisher: The Gazette\n---\nThe text.\n")
    assert (article.title, article.publisher, article.text) == ("Ports", "The Gazette", "The text.")


def test_one_line_of_two_megabytes_is_read_in_time(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("word " * 400_000, encoding="utf-8")
    (article,) = read(path, article_id="a", reading=Reading())
    assert len(article.text) == 2_000_000 - 1
