"""What full text finds in writing without spaces, and that English is found as it would be without that."""

from __future__ import annotations

from datetime import date

import pytest
from library_support import make_article

from index import fulltext
from index.article import Article, Filters
from index.fulltext import FullText, TextDocument, TextQuery, terms
from index.library import Library


def index_of(folder, bodies):
    made = FullText.create(folder)
    made.put(
        [
            TextDocument(str(number), "a", None, date(2024, 1, 1), None, body)
            for number, body in enumerate(bodies)
        ]
    )
    made.commit()
    made.finish()
    return made


CHINESE = [
    "机场\n北京大兴国际机场于二〇一九年九月二十五日正式通航，总投资约八百亿元。",
    "桥梁\n港珠澳大桥全长五十五公里，连接香港、珠海和澳门。",
    "天气\n上海周一迎来今年最大的一场雨，地铁一度停运。",
]
JAPANESE = [
    "橋\n東京都は月曜日に新しい橋を開通させた。橋の長さは三百メートルで、費用は二十億円だった。",
    "市長\n京都市の新しい市長に松井さんが選ばれた。任期は2024年から四年間である。",
    "プーチン大統領\nロシアのプーチン大統領は水曜日にベラルーシを訪れた。",
]
KOREAN = [
    "다리\n서울시는 월요일에 새로운 다리를 열었다. 다리의 길이는 삼백 미터다.",
    "시장\n부산의 새 시장은 화요일에 취임했다.",
]


@pytest.mark.parametrize(
    ("bodies", "question", "best"),
    [
        (CHINESE, "北京新机场什么时候通航？", "0"),
        (CHINESE, "港珠澳大桥有多长", "1"),
        (CHINESE, "上海的地铁为什么停运？", "2"),
        (JAPANESE, "東京の橋の費用はいくらですか。", "0"),
        (JAPANESE, "京都の市長は誰ですか", "1"),
        (JAPANESE, "2024年", "1"),
        (JAPANESE, "ﾌﾟｰﾁﾝ", "2"),
        (JAPANESE, "フ\u309aーチン", "2"),
        (KOREAN, "서울의 다리는 언제 열렸습니까?", "0"),
        (KOREAN, "부산시장이 누구인가", "1"),
    ],
)
def test_questions_without_spaces_find_their_article(tmp_path, bodies, question, best):
    hits = index_of(tmp_path / "index", bodies).search(TextQuery(terms(question)), 3, Filters())
    assert hits[0][0] == best


def test_a_pair_is_rarer_than_its_characters(tmp_path):
    index = index_of(tmp_path / "index", JAPANESE)
    assert index.search(TextQuery(terms("京都")), 3, Filters())[0][0] == "1"
    assert index.document_frequency("京都") == 2  # 東京都 holds it, as pairs cannot tell
    assert index.document_frequency("松井") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("犬 です", ["犬", "です"]),
        ("東京Tower、大阪", ["東京", "tower", "大阪"]),
        ("人々", ["人々"]),
        ("𠮷野家", ["𠮷野", "野家"]),
        ("북한", ["북한"]),
        ("。、・「」", []),
        ("港" * 50, ["港港"] * 49),
    ],
)
def test_terms_of_writing_without_spaces(text, expected):
    assert terms(text) == expected


def test_an_article_without_spaces_is_found_in_a_library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(
            [
                Article(article_id=str(number), title=body.split("\n")[0], text=body.split("\n")[1])
                for number, body in enumerate(CHINESE + JAPANESE)
            ]
        )
        for question, article_id in (
            ("港珠澳大桥全长多少公里？", "1"),
            ("松井さんの任期は何年間ですか。", "4"),
        ):
            (first,) = (hit for hit in library.search(question, k=3).hits if hit.text_rank == 1)
            assert first.article.article_id == article_id


def test_english_is_ranked_as_without_pairs(tmp_path, monkeypatch):
    bodies = [
        f"{article.title}\n{article.text}"
        for article in (make_article(name, edition=n, paragraphs=1 + n % 3) for n, name in enumerate(NAMES))
    ]
    questions = [
        *(f"Where do the otters of {name} swim?" for name in NAMES),
        "the café’s lamp in edition3",
        "42 days",
    ]

    def ranks(folder):
        index = index_of(folder, bodies)
        return [index.search(TextQuery(terms(question)), 10, Filters()) for question in questions]

    with_pairs = ranks(tmp_path / "with")
    monkeypatch.setattr(fulltext, "_in_pairs", lambda text: text)
    assert ranks(tmp_path / "without") == with_pairs
    assert sum(map(len, with_pairs)) > 40


NAMES = ("Brook", "Dell", "Fen", "Glen", "Holm", "Kyle", "Linn", "Moss")


def test_articles_that_hold_every_word_and_the_beginning_of_the_last(library):
    library.add(
        [
            Article(article_id="a:1", title="Ferries", text="The ferry sails. It is late, said the pilot."),
            Article(
                article_id="b", title="Trains", text="The train is late. " + "It rained. " * 300 + "Fern."
            ),
            Article(article_id="c", title="Ports", text="A port of call.(.*)"),
        ]
    )
    words = library.words()
    assert words.articles_with("late") == {"a:1", "b"}
    assert words.articles_with("late fer") == {"a:1", "b"}
    assert words.articles_with("late ferr") == {"a:1"}
    assert words.articles_with("fern late trains") == {"b"}
    assert words.articles_with("fer late xylophone") == set()
    assert words.articles_with("the") == set()
    assert words.articles_with("(.*) [ \\") == set()
    library.remove("b")
    assert library.words().articles_with("late") == {"a:1"}


PLACES = [
    "Harbour\nThe head of the council ordered a new ferry; it holds 1,200 people.",
    "Council\nA new head. The council ferry is old. 1200 came, and a cease-fire held.",
    "Coast\nThe mayor of Ma\u0301laga and Mon\u00adaco met.",
]


@pytest.mark.parametrize(
    ("phrase", "held"),
    [
        ("head of the council", True),
        ("head council", False),  # a stop word is a gap, not nothing
        ("council’s head", False),
        ("New Ferries", True),
        ("1,200", True),
        ("1200", True),
        ("cease fire", True),
        ("ceasefire", False),
        ("of the", False),
        ("", False),
        ("Málaga", True),
        ("monaco", True),
    ],
)
def test_words_are_held_in_their_order(tmp_path, phrase, held):
    assert index_of(tmp_path / "index", PLACES).holds(phrase) is held


def test_phrases_narrow_a_search_and_count_nothing(tmp_path):
    index = index_of(tmp_path / "index", PLACES)
    asked = terms("council ferry head")
    both = dict(index.search(TextQuery(asked), 3, Filters()))
    assert both.keys() == {"0", "1"}
    assert index.search(TextQuery(asked, ["council ferry"]), 3, Filters()) == [("1", both["1"])]
    assert index.search(TextQuery(asked, ["council ferry", "new ferry"]), 3, Filters()) == []


def test_no_chunk_exceeds_what_is_attainable(tmp_path):
    bodies = [*PLACES, "ferry " * 500, "ferry"]
    index = index_of(tmp_path / "index", bodies)
    for question in ("ferry", "council ferry head", "Málaga", "ferry ferry nowhere"):
        best = index.search(TextQuery(terms(question)), 1, Filters())[0][1]
        assert 0 < best <= index.attainable(terms(question))
    assert index.search(TextQuery(["ferri"]), 1, Filters())[0][1] > 0.8 * index.attainable(["ferri"])
    assert index.attainable([]) == 0
