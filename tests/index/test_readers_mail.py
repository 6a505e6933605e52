"""Mail and pages saved as one file."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from index.errors import InputError

FILE_NAME = "news.eml"
PLAIN = "The lamp of Vell burns again.\nAda Bell lit it.\n"
HTML = """<html><body><table><tr><td><p>The lamp of Vell burns again.</p><p>Ada Bell lit it.</p></td></tr>
</table><p>Ships:</p><table><tr><th>Ship</th><th>Tons</th></tr><tr><td>Vala</td><td>410</td></tr></table></body></html>"""
PAGE = (
    "<html><head><title>A lamp</title></head><body><nav>Home</nav><article><h1>A lamp</h1>"
    + "<p>The lamp of Vell burns again since Tuesday, said Ada Bell, the keeper of the tower.</p>" * 3
    + "</article></body></html>"
)


def mail(*bodies: tuple[str, str], subject: str = "The lamp", sender: str = "Island Post <news@example.org>"):
    made = EmailMessage()
    made["Subject"], made["From"] = subject, sender
    made["Date"] = "Mon, 09 Jun 2025 23:30:00 +0200"
    for number, (kind, content) in enumerate(bodies):
        (made.add_alternative if number else made.set_content)(content, subtype=kind)
    return made


def test_a_mail_with_its_sender_and_day(load):
    article = load(mail(("plain", PLAIN)).as_bytes())
    assert article.text == PLAIN.strip()
    assert (article.title, article.author, article.published) == ("The lamp", "Island Post", date(2025, 6, 9))


def test_of_two_forms_the_one_with_paragraphs_and_tables_is_read(load):
    article = load(mail(("plain", "See the web version."), ("html", HTML)).as_bytes())
    assert article.text == (
        "The lamp of Vell burns again.\n\nAda Bell lit it.\n\nShips:\n\nShip | Tons\nVala | 410"
    )


def test_an_empty_form_gives_way_to_the_other(load):
    assert load(mail(("plain", PLAIN), ("html", "<img src=x>")).as_bytes()).text == PLAIN.strip()


def test_attachments_are_left_out(load):
    made = mail(("plain", PLAIN))
    made.add_attachment("A secret list.", filename="list.txt")
    made.add_attachment(b"\0\1", maintype="image", subtype="png", filename="a.png")
    assert load(made.as_bytes()).text == PLAIN.strip()


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "koi8-r"])
def test_charsets_and_encoded_headers(load, charset):
    subject, text = ("Лампа", "Лампа горит.") if charset == "koi8-r" else ("Café Zoë", "Das Öl brennt.")
    made = EmailMessage()
    made["Subject"], made["From"] = subject, "Zoë <z@example.org>"
    made.set_content(text, charset=charset)
    article = load(made.as_bytes())
    assert (article.title, article.text, article.author) == (subject, text, "Zoë")


def test_a_page_saved_as_one_file(load):
    saved = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/lamp#top\r\n"
        "Subject: A lamp\r\nDate: Mon, 9 Jun 2025 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n"
        f"Content-Location: https://example.org/lamp\r\n\r\n{PAGE}\r\n--b\r\n"
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"
    )
    article = load(saved, "lamp.mhtml")
    assert "burns again since Tuesday" in article.text
    assert "Home" not in article.text
    assert article.url == "https://example.org/lamp"
    assert article.published is None, "the day on which it was saved"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.eml", b"just some words\n", "no mail"),
        ("a.eml", b"Subject: x\n\n", "no text"),
        ("a.eml", b"Subject: x\nContent-Type: image/png\n\nAAAA", "no text"),
        ("a.mhtml", b"Subject: x\n\nwords", "no web page"),
        ("a.eml", b"", "no mail"),
    ],
)
def test_what_cannot_be_read_is_named(load, name, data, says):
    with pytest.raises(InputError, match=says) as caught:
        load(data, name)
    assert name in caught.value.message


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: x\nContent-Type: message/rfc822\n\n" * 3_000 + b"Subject: y\n\nwords",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\nx" + b"\n--b\n\nThe lamp." * 20_000,
    ],
    ids=["nested", "many"],
)
def test_a_message_of_messages_without_end_is_named(load, data):
    with pytest.raises(InputError, match="too many parts"):
        load(data)
