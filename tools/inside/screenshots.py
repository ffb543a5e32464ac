"""Take the pictures of the documentation; `./waas screenshots` calls this."""

import io
import itertools

import requests
from chromium import Chromium, Failed
from PIL import Image
from screenshot_pages import PAGES

from odoo import Command

SIZES = {
    # width, height, scale, is it a phone
    "desktop": (1366, 900, 1, False),
    "phone": (390, 844, 1.5, True),
}
COLOURS = 256
LARGEST = 120_000

CALM = """
(() => {
    const style = document.createElement("style");
    style.textContent = `
        *, *::before, *::after {
            transition: none !important;
            animation: none !important;
            caret-color: transparent !important;
        }
        .o_notification_manager, .o-overlay-container .o_popover { display: none; }
    `;
    document.head.append(style);
    document.activeElement?.blur();
    return true;
})()
"""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def add_arguments(parser):
    parser.add_argument("address")
    parser.add_argument("folder")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--both", action="store_true")
    parser.add_argument("--language")


def main(env, args):
    """Take all pictures that can be taken; tell which could not."""
    pages = [page for page in PAGES if not args.names or page.name in args.names]
    unknown = set(args.names) - {page.name for page in pages}
    failures = [f"{name}: there is no such page" for name in sorted(unknown)]
    if args.language:
        speak(env, args.language)
    with Chromium() as browser:
        for login, group in itertools.groupby(pages, lambda page: page.login):
            browser.log_in(args.address, login and get_session(args.address, login))
            for page in group:
                failures += take(env, browser, page, args)
    for failure in failures:
        print(f"✗ {failure}")
    return 1 if failures else 0


def speak(env, code):
    """Everybody who logs in reads another language."""
    language = env["res.lang"]._activate_lang(code)
    env["base.language.install"].create(
        {"lang_ids": [Command.set(language.ids)], "overwrite": True}
    ).lang_install()
    env["res.users"].search([]).write({"lang": code})
    env.cr.commit()  # the server reads it


def take(env, browser, page, args):
    """Take a page's pictures, one for each size.

    :return: list of what failed
    """
    found = page.find and page.find(env)
    if page.find and not found:
        return [f"{page.name}: the demo has no {page.what}"]
    env.cr.commit()  # the server reads what was drafted for a picture
    path = page.path.format(found if isinstance(found, str) else found and found.id)
    failures = []
    for size in SIZES if args.both else page.sizes:
        name = page.name if size == "desktop" else f"{page.name}-{size}"
        browser.resize(*SIZES[size])
        try:
            browser.open(args.address + path, page.ready)
            browser.evaluate(CALM)
            if page.tab and not args.language:  # tabs are found by their English
                open_tab(browser, page.tab)
            if page.scroll_to:
                browser.evaluate(
                    f"document.querySelector({page.scroll_to!r}).scrollIntoView()"
                )
            bytes_ = compress(browser.shoot())
        except Failed as failure:
            failures.append(f"{name}: {failure}")
            continue
        with open(f"{args.folder}/{name}.png", "wb") as file:
            file.write(bytes_)
        print(f"✓ {name}.png ({len(bytes_) // 1024} KB)", flush=True)
        if (wider := browser.evaluate(OVERFLOW)) > 0:
            failures.append(f"{name}: {wider} pixels wider than the screen")
        if len(bytes_) > LARGEST:
            failures.append(f"{name}: {len(bytes_)} bytes are too many")
    return failures


def open_tab(browser, tab):
    """Open a page of a form's notebook."""
    link = (
        "[...document.querySelectorAll('.o_notebook_headers .nav-link')]"
        f".find(link => link.textContent.trim() === {tab!r})"
    )
    browser.wait(link, f"the tab {tab}")
    browser.evaluate(f"{link}.click()")
    browser.wait(f"{link}.classList.contains('active')", f"the tab {tab}")


def get_session(address, login):
    """Log in; the password of a demo login is its name."""
    client = requests.Session()
    client.trust_env = False
    page = client.get(f"{address}/web/login", timeout=120).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post(
        f"{address}/web/login",
        {"login": login, "password": login, "csrf_token": token},
        timeout=120,
    )
    if "/web/login" in answer.url:
        raise Failed(f"{login} could not log in")
    return client.cookies["session_id"]


def compress(png):
    """Fewer colours: a screen has not many."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=0)
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()
