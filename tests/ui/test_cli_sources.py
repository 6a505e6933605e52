"""`citewell add` of addresses, feeds, sitemaps and watched folders, over a real server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from web_site import Reply, Site

from index.errors import UsageError
from rag.settings import load_settings
from ui.adding import make_request
from ui.cli import main
from ui.opening import open_library
from ui.watching import parse_interval, watch


@pytest.fixture
def site(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITEWELL_FETCH_PRIVATE", "true")
    monkeypatch.setenv("CITEWELL_FETCH_DELAY_SECONDS", "0")
    monkeypatch.setenv("CITEWELL_FETCH_RETRIES", "0")
    with Site() as site:
        yield site


def feed(site: Site, *names: str) -> str:
    items = "".join(f"<item><link>{site.url}/{name}</link></item>" for name in names)
    body = f'<rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'
    return site.reply("/feed", Reply(body=body.encode()))


def test_pages_and_files_in_one_call(site, tmp_path, capsys) -> None:
    (tmp_path / "a.txt").write_text("The port of Vell is closed.")
    assert main(["add", site.page("/oban", "Oban"), "a.txt", f"{site.url}/missing"]) == 1
    out = capsys.readouterr().out
    assert f"added     {site.url}/oban" in out
    assert "added     a.txt" in out
    assert f"failed    {site.url}/missing: there is no such page (404)" in out
    assert "2 added, 1 failed" in out
    assert main(["ask", "How many passengers will the new ferry carry?", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["citations"][0]["url"] == f"{site.url}/oban"
    assert "550 passengers" in answer["citations"][0]["quote"]


def test_an_export_behind_an_address_is_read_by_the_fields_that_are_named(site, capsys) -> None:
    rows = b"Kopf,Inhalt\nFog,The fog came on Monday.\nPier,\n"
    address = site.reply("/export.csv", Reply(body=rows, type="text/csv"))
    assert main(["add", address, "--map", "text=Inhalt,title=Kopf"]) == 1
    out = capsys.readouterr().out
    assert f"added     {address}#" in out
    assert f"failed    {address}: export.csv, line 3: the field for the text is empty" in out
    assert main(["list", "--json"]) == 0
    assert [each["title"] for each in json.loads(capsys.readouterr().out)] == ["Fog"]


def test_private_addresses_are_refused_by_default(site, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.delenv("CITEWELL_FETCH_PRIVATE")
    assert main(["add", site.page("/oban", "Oban")]) == 1
    out = capsys.readouterr().out
    assert "not a public address" in out
    assert "CITEWELL_FETCH_PRIVATE=true" in out
    assert site.requests == []
    assert not (tmp_path / "library").exists()


def test_a_feed_as_json(site, capsys) -> None:
    site.page("/oban", "Oban")
    address = feed(site, "oban", "missing")
    assert main(["add", "--feed", address, "--json"]) == 1
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert report["summary"] == {"added": 1, "updated": 0, "unchanged": 0, "failed": 1}
    assert [result["status"] for result in report["results"]] == ["failed", "added"]
    assert "note" not in report["results"][1]
    assert f"{site.url}/missing" in err
    assert main(["add", "--sitemap", address]) == 1
    assert "--feed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--feed", "feed.xml"], "'feed.xml' is no web address"),
        (["--sitemap", "ftp://example.com/"], "is no web address"),
        (["x", "--limit", "0"], "--limit 0"),
        (["x", "--every", "soon"], "'soon' is no time"),
        (["x", "--every", "0s"], "is no time"),
        (["--feed", "https://example.com/feed", "--every", "10s"], "too often"),
    ],
)
def test_wrong_options(tmp_path, monkeypatch, capsys, arguments: list[str], says: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["add", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "library").exists()


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("15m", 900), ("2H", 7_200), ("1 d", 86_400)])
def test_intervals(text: str, seconds: int) -> None:
    assert parse_interval(text, web=False) == seconds


def test_a_page_may_not_be_asked_for_every_second() -> None:
    with pytest.raises(UsageError, match="too often"):
        parse_interval("1s", web=True)


def rounds(*between, **asked):
    """Watch, with something done between the rounds, until the last is over."""
    request = make_request(
        asked.pop("paths", ()), asked.pop("feeds", ()), (), None, remove_gone=asked.pop("remove_gone", False)
    )
    settings = load_settings()
    steps = iter(between)

    def sleep(seconds: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    return watch(
        settings, request, lambda: open_library(settings, create=True), seconds=60, sleep=sleep, **asked
    )


def test_a_watched_folder(site, tmp_path, capsys) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"The port of {name} is closed.")
    (folder / "c.txt").write_bytes(b"")
    said: list[str] = []

    def then(act: Callable[[], object]) -> Callable[[], None]:
        def step() -> None:
            said.append(capsys.readouterr().out)
            act()

        return step

    code = rounds(
        then(lambda: None),
        then(lambda: (folder / "b.txt").write_text("The port of b is open again.")),
        then((folder / "a.txt").unlink),
        paths=[str(folder)],
        as_json=False,
    )
    said.append(capsys.readouterr().out)
    assert code == 0
    assert said[0].count("added") >= 2
    assert "c.txt is empty" in said[0]
    assert said[1] == ""
    assert "updated   b.txt" in said[2]
    assert "a.txt" not in said[2]
    assert "gone      a.txt" in said[3]
    assert main(["show", "a.txt"]) == 0


def test_what_is_gone_is_removed_only_when_asked_for(site, tmp_path, capsys) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"The port of {name} is closed.")
    assert main(["add", str(folder)]) == 0
    (folder / "a.txt").unlink()
    assert main(["add", str(folder)]) == 0
    assert "a.txt" not in capsys.readouterr().out.splitlines()[-2]
    assert main(["show", "a.txt"]) == 0
    capsys.readouterr()
    assert main(["add", str(folder), "--remove-gone", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["gone"] == [{"article_id": "a.txt", "source": str(folder / "a.txt"), "removed": True}]
    assert main(["show", "a.txt"]) == 2


def test_a_watched_feed_says_only_what_is_new(site, capsys) -> None:
    for name in ("oban", "mull"):
        site.page(f"/{name}", name)
    address = feed(site, "oban")
    code = rounds(
        lambda: None,
        lambda: feed(site, "mull", "oban"),
        lambda: site.reply("/feed", Reply(status=503)),
        feeds=[address],
        as_json=True,
    )
    assert code == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [[(r["source"].rpartition("/")[2], r["status"]) for r in line["results"]] for line in lines] == [
        [("oban", "added")],
        [("mull", "added")],
        [("feed", "failed")],
    ]


def test_a_round_that_finds_the_library_locked_is_made_up_for(site, tmp_path, capsys) -> None:
    from index.library import Library
    from index.lock import WriterLock

    (tmp_path / "a.txt").write_text("The port of a is closed.")
    settings = load_settings()
    open_library(settings, create=True).close()
    lock = WriterLock(tmp_path / "library" / "lock")
    lock.acquire()
    request = make_request(["a.txt"], (), (), None, remove_gone=False)
    released = threading.Event()

    def sleep(seconds: float) -> None:
        if released.is_set():
            raise KeyboardInterrupt
        lock.release()
        released.set()

    def opened() -> Library:
        return open_library(settings, create=True, wait=False)

    assert watch(settings, request, opened, seconds=1, as_json=False, sleep=sleep) == 0
    out, err = capsys.readouterr()
    assert "added     a.txt" in out
    assert "error" in err
