"""The login in a browser: in, the same conversations from another one, out."""

from __future__ import annotations

import pytest
from browsing import Requests, ask, serving, wait_for
from web_scripted import COST, POSTS, harbour_engine

from ui.web.login.users import add_user

pytestmark = pytest.mark.browser

SECRET = "a long secret"


def log_in(page, address, name, password=SECRET):
    page.goto(address)
    page.fill("#name", name)
    page.fill("#password", password)
    page.keyboard.press("Enter")


def test_users_have_their_own_conversations_in_any_browser(browser, tmp_path):
    for name in ("ada", "bob"):
        add_user(tmp_path / "users", name, SECRET)
    with serving(harbour_engine(), users=tmp_path / "users") as address:

        def visit(name):
            page = browser.new_context().new_page()
            page.set_default_timeout(60_000)
            page.requests = Requests(page)
            log_in(page, address, name)
            page.wait_for_selector(".welcome", state="attached")
            return page

        page = browser.new_context().new_page()
        log_in(page, address, "ada", "guess")
        page.wait_for_selector("text=Name or password is wrong.")
        assert page.evaluate("document.activeElement.id") == "password"
        page.close()
        at_work = visit("ada")
        ask(at_work, COST)
        at_home, other = visit("ada"), visit("bob")
        at_home.click(f"#conversations >> text={COST}")
        wait_for(at_home, COST, "done")
        ask(other, POSTS)
        other.wait_for_selector(f"#conversations >> text={POSTS}")
        assert COST not in other.inner_text("#drawer")
        assert at_home.inner_text("#leave") == "Log out ada"
        at_home.click("#leave")
        at_home.wait_for_url("**/login")
        at_home.goto(address)
        at_home.wait_for_url("**/login")
        ask(at_work, POSTS)
        for page in (at_work, at_home, other):
            assert page.requests.outside == page.requests.troubles == []
            page.context.close()


def test_a_login_that_has_ended_leads_back_to_the_login(browser, tmp_path):
    add_user(tmp_path / "users", "ada", SECRET)
    with serving(harbour_engine(), users=tmp_path / "users") as address:
        page = browser.new_context().new_page()
        page.set_default_timeout(60_000)
        log_in(page, address, "ada")
        page.wait_for_selector(".welcome", state="attached")
        add_user(tmp_path / "users", "ada", "another secret")
        page.fill("#question textarea", COST)
        page.keyboard.press("Enter")
        page.wait_for_url("**/login")
        page.context.close()
