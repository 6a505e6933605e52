"""One document over real connections: what arrives, what is refused, and how long it may take."""

from __future__ import annotations

import email.utils
import gzip
import time
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from web_site import Reply

from index.sources.documents import Kind
from index.sources.errors import AddressRefused, FetchError
from index.sources.fetching import Fetcher
from index.sources.limits import FetchLimits
from index.sources.pages import PAGE

ANY = Kind(accept="*/*")


def refused(fetcher: Fetcher, address: str, kind: Kind = PAGE) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(address, kind)
    assert caught.value.message.count(address) == 1
    return caught.value


def test_a_document_with_what_the_server_says_of_it(site, fetcher) -> None:
    address = site.reply(
        "/a?x=1",
        Reply(
            body=b"words", type="Text/HTML; charset=UTF-8", headers={"ETag": '"1"', "Last-Modified": "then"}
        ),
    )
    found = fetcher.fetch(address + "#part", PAGE)
    assert (found.url, found.data, found.etag, found.modified) == (address, b"words", '"1"', "then")
    assert (found.content_type, found.charset) == ("text/html", "utf-8")
    (request,) = site.asked("/a?x=1")
    assert request.headers["user-agent"].startswith("Citewell/")
    assert request.headers["host"] == f"127.0.0.1:{site.port}"


def test_a_name_is_asked_for_by_its_name(site, make_fetcher) -> None:
    fetcher = Fetcher(FetchLimits(private=True), resolver=lambda host, port: ["127.0.0.1"])
    site.page("/a", "Oban")
    assert fetcher.fetch(f"http://news.example:{site.port}/a", PAGE).data
    assert site.asked("/a")[0].headers["host"] == f"news.example:{site.port}"


def test_nothing_is_kept_between_two_documents(site, fetcher) -> None:
    address = site.reply("/a", Reply(body=b"x", headers={"Set-Cookie": "who=me"}))
    fetcher.fetch(address, ANY)
    fetcher.fetch(address, ANY)
    assert "cookie" not in site.asked("/a")[1].headers


def test_proxies_of_the_environment_are_not_used(site, fetcher, monkeypatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetcher.fetch(site.page("/a", "Oban"), PAGE).data


# Where it may go


def test_private_addresses_are_refused_unless_a_setting_allows_them(site) -> None:
    error = refused(Fetcher(), site.page("/a", "Oban"))
    assert isinstance(error, AddressRefused)
    assert "127.0.0.1" in error.message
    assert "CITEWELL_FETCH_PRIVATE" in error.hint
    assert site.requests == []


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_loopback_by_any_name_is_refused(site, host: str) -> None:
    assert isinstance(refused(Fetcher(), f"http://{host}:{site.port}/a"), AddressRefused)
    assert site.requests == []


def test_a_name_with_one_private_address_is_refused(site) -> None:
    fetcher = Fetcher(resolver=lambda host, port: ["93.184.215.14", "10.0.0.7"])
    assert "10.0.0.7" in refused(fetcher, "http://mixed.example/a").message


def test_the_metadata_service_is_refused_even_where_private_addresses_are_not(make_fetcher) -> None:
    assert isinstance(refused(make_fetcher(), "http://169.254.169.254/latest/meta-data"), AddressRefused)


def test_a_name_is_looked_up_once_and_connected_to_as_it_was_tested(site) -> None:
    answers = [["127.0.0.1"], ["10.0.0.7"]]  # robots.txt, then the page: rebound in between
    fetcher = Fetcher(FetchLimits(private=True, retries=0), resolver=lambda host, port: answers.pop(0))
    site.page("/a", "Oban")
    answers.insert(1, ["127.0.0.1"])
    assert fetcher.fetch(f"http://rebound.example:{site.port}/a", PAGE).data
    assert answers == [["10.0.0.7"]]


def test_a_redirect_is_tested_like_the_first_address(site) -> None:
    def resolver(host: str, port: int) -> list[str]:
        return {"outside.example": ["127.0.0.1"], "inside.example": ["169.254.0.9"]}[host]

    fetcher = Fetcher(FetchLimits(private=True), resolver=resolver)
    site.redirect("/a", f"http://inside.example:{site.port}/secret")
    error = refused(fetcher, f"http://outside.example:{site.port}/a")
    assert isinstance(error, AddressRefused)
    assert "169.254.0.9" in error.message
    assert site.asked("/secret") == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/"])
def test_a_redirect_to_something_else_than_a_page(site, fetcher, location: str) -> None:
    assert "no web address" in refused(fetcher, site.redirect("/a", location)).message


def test_a_password_in_an_address_is_not_taken(site, fetcher) -> None:
    with pytest.raises(AddressRefused) as caught:
        fetcher.fetch(f"http://me:secret@127.0.0.1:{site.port}/a", PAGE)
    assert "secret" not in caught.value.message
    assert site.requests == []


@pytest.mark.parametrize(
    "address", ["https://", "http:///a", "http://a b/", "http://[::1", "http://x:99999/"]
)
def test_what_is_no_address(fetcher, address: str) -> None:
    with pytest.raises(FetchError, match="no web address"):
        fetcher.fetch(address, PAGE)


def test_a_host_that_there_is_not() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    fetcher = Fetcher(FetchLimits(retries=0), resolver=unknown)
    assert "'nowhere.example' is not known" in refused(fetcher, "http://nowhere.example/a").message


# Redirects


def test_redirects_lead_to_the_page(site, fetcher) -> None:
    site.page("/e", "Oban")
    for here, there, status in (("/a", "/b", 301), ("/b", "/c", 302), ("/c", "/d", 307), ("/d", "/e", 308)):
        site.redirect(here, there, status)
    assert fetcher.fetch(site.url + "/a", PAGE).url == site.url + "/e"


def test_a_circle_of_redirects(site, fetcher) -> None:
    site.redirect("/b", "/a")
    assert "in a circle" in refused(fetcher, site.redirect("/a", "/b")).message


def test_redirects_without_end(site, fetcher) -> None:
    for number in range(9):
        site.redirect(f"/{number}", f"/{number + 1}")
    assert "more than 5 times" in refused(fetcher, site.url + "/0").message
    assert len(site.asked("/5")) == 1
    assert site.asked("/6") == []


# What the server answers


@pytest.mark.parametrize(
    ("status", "says"), [(404, "no such page"), (410, "no such page"), (403, "refuses"), (418, "418")]
)
def test_a_refusal_is_final(site, fetcher, slept, status: int, says: str) -> None:
    error = refused(fetcher, site.reply("/a", Reply(status=status)))
    assert says in error.message
    assert str(status) in error.message
    assert not error.retryable
    assert len(site.asked("/a")) == 1
    assert slept == []


def test_a_failing_server_is_asked_again_and_then_left(site, fetcher, slept) -> None:
    error = refused(fetcher, site.reply("/a", Reply(status=500)))
    assert "500" in error.message
    assert error.retryable
    assert len(site.asked("/a")) == 3
    assert slept == [1, 2]


def test_a_server_that_recovers(site, fetcher, slept) -> None:
    address = site.reply("/a", Reply(status=503, headers={"Retry-After": "7"}), Reply(body=b"words"))
    assert fetcher.fetch(address, PAGE).data == b"words"
    assert slept == [7]


def test_retry_after_as_a_date(site, fetcher, slept) -> None:
    later = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    fetcher.fetch(site.reply("/a", Reply(status=429, headers={"Retry-After": later}), Reply()), PAGE)
    assert 20 < slept[0] <= 30


def test_a_server_that_wants_a_long_rest_gets_it(site, fetcher, slept) -> None:
    error = refused(fetcher, site.reply("/a", Reply(status=429, headers={"Retry-After": "3600"})))
    assert "3,600 seconds" in error.message
    assert len(site.asked("/a")) == 1
    assert slept == []


def test_a_host_that_keeps_failing_is_given_up(site, make_fetcher) -> None:
    fetcher = make_fetcher(retries=0)
    for number in range(5):
        error = refused(fetcher, site.reply(f"/{number}", Reply(status=502)))
    assert "not tried" in error.message
    assert [bool(site.asked(f"/{number}")) for number in range(5)] == [True, True, True, False, False]


def test_not_modified_costs_no_body(site, fetcher) -> None:
    address = site.reply("/a", Reply(body=b"words", headers={"ETag": '"7"'}))
    found = fetcher.fetch(address, ANY, etag='"7"')
    assert found.not_modified
    assert found.data == b""


def test_content_that_is_no_article_is_not_even_received(site, fetcher) -> None:
    def video():
        while True:
            yield b"x" * 65_536

    error = refused(fetcher, site.reply("/a", Reply(body=video, type="video/mp4")))
    assert "'video/mp4'" in error.message


# Bounds


def endless():
    while True:
        yield b"x" * 65_536


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"x" * 100_001),
        Reply(body=endless),
        Reply(body=b"", length=9_000_000_000),
        Reply(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        Reply(body=zlib.compress(bytes(50_000_000)), headers={"Content-Encoding": "deflate"}),
    ],
    ids=["large", "endless", "claimed", "gzip bomb", "deflate bomb"],
)
def test_more_than_the_limit(site, make_fetcher, reply: Reply) -> None:
    error = refused(make_fetcher(max_bytes=100_000), site.reply("/a", reply))
    assert "more than 100,000 bytes" in error.message
    assert not error.retryable


def test_packed_documents_are_unpacked(site, fetcher) -> None:
    for packing, packed in (("gzip", gzip.compress(b"words")), ("deflate", zlib.compress(b"words"))):
        address = site.reply(f"/{packing}", Reply(body=packed, headers={"Content-Encoding": packing}))
        assert fetcher.fetch(address, ANY).data == b"words"


@pytest.mark.parametrize("body", [b"not packed", gzip.compress(b"words" * 1000)[:-20]])
def test_a_document_that_is_not_packed_as_it_claims(site, make_fetcher, body: bytes) -> None:
    address = site.reply("/a", Reply(body=body, headers={"Content-Encoding": "gzip"}))
    assert "not packed as it claims" in refused(make_fetcher(retries=0), address).message


def test_an_unknown_packing(site, fetcher) -> None:
    address = site.reply("/a", Reply(body=b"x", headers={"Content-Encoding": "br"}))
    assert "'br'" in refused(fetcher, address).message


def test_a_connection_that_is_cut(site, make_fetcher) -> None:
    error = refused(make_fetcher(retries=0), site.reply("/a", Reply(body=b"half", length=1000)))
    assert "connection failed" in error.message
    assert error.retryable


@pytest.mark.parametrize(
    "body", [(5.0, b"late"), (b"x", *(0.05, b"x") * 200)], ids=["silence", "a byte now and then"]
)
def test_the_time_is_bounded_in_all(site, make_fetcher, body) -> None:
    fetcher = make_fetcher(timeout_seconds=0.5, retries=0)
    address = site.reply("/a", Reply(body=body))
    started = time.monotonic()
    assert "0.5 seconds" in refused(fetcher, address).message
    assert time.monotonic() - started < 2


def test_headers_that_drip_are_bounded_too(make_fetcher) -> None:
    import socket
    import threading

    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        started = time.monotonic()
        fetcher = make_fetcher(timeout_seconds=0.5, retries=0)
        refused(fetcher, f"http://127.0.0.1:{server.getsockname()[1]}/a")
        assert time.monotonic() - started < 2
    finally:
        stop.set()
        thread.join()
        server.close()


def test_a_port_where_nobody_listens(make_fetcher) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "connection failed" in refused(make_fetcher(retries=0), f"http://127.0.0.1:{port}/a").message


def test_a_certificate_that_is_not_the_hosts(make_fetcher, site) -> None:
    # The site speaks no TLS at all: the handshake fails, and nothing falls back to plain HTTP.
    error = refused(make_fetcher(retries=0), f"https://127.0.0.1:{site.port}/a")
    assert "connection failed" in error.message
    assert site.requests == []


# Manners


def test_pages_of_one_host_are_asked_for_with_pauses(site, make_fetcher, slept) -> None:
    fetcher = make_fetcher(delay_seconds=5)
    for name in "abc":
        fetcher.fetch(site.page(f"/{name}", name), PAGE)
    assert len(slept) == 2
    assert all(4 < pause <= 5 for pause in slept)


def test_robots_txt_is_asked_once_and_obeyed(site, fetcher) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: citewell\nDisallow: /private/*.html$\nAllow: /\n"
    site.reply("/robots.txt", Reply(body=rules, type="text/plain"))
    error = refused(fetcher, site.page("/private/a.html", "Oban"))
    assert "robots.txt" in error.message
    assert "save the page" in error.hint
    assert fetcher.fetch(site.page("/public", "Oban"), PAGE).data
    assert [request.path for request in site.requests] == ["/robots.txt", "/public"]


def test_robots_txt_holds_for_where_a_redirect_leads(site, fetcher) -> None:
    site.reply("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /b", type="text/plain"))
    site.page("/b", "Oban")
    assert "robots.txt" in refused(fetcher, site.redirect("/a", "/b")).message
    assert site.asked("/b") == []


def test_the_pause_that_robots_txt_asks_for(site, make_fetcher, slept) -> None:
    site.reply("/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 20", type="text/plain"))
    fetcher = make_fetcher(delay_seconds=1)
    for name in "ab":
        fetcher.fetch(site.page(f"/{name}", name), PAGE)
    assert 19 < slept[0] <= 20


@pytest.mark.parametrize("status", [404, 403])
def test_a_site_without_rules_may_be_read(site, fetcher, status: int) -> None:
    site.reply("/robots.txt", Reply(status=status))
    assert fetcher.fetch(site.page("/a", "Oban"), PAGE).data


def test_a_site_whose_rules_cannot_be_had_is_left_alone(site, make_fetcher) -> None:
    site.reply("/robots.txt", Reply(status=503))
    error = refused(make_fetcher(retries=0), site.page("/a", "Oban"))
    assert "robots.txt" in error.message
    assert error.retryable
    assert site.asked("/a") == []
