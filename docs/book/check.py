"""What the finished book must be: whole, linked, described, and on its own without a network."""

import posixpath
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

# Pages that Sphinx adds and nobody is led to.
WITHOUT_PLACE = {"index.html", "search.html"}
LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}
LEADING = {"canonical", "next", "prev", "search", "index", "author"}  # <link>s that load nothing


def problems(folder, chapters):
    """Sentences about what is wrong with the book in ``folder``; ``chapters`` are its pages in order.

    Returns (problems, figures): figures counts pages, links and images.
    """
    pages = {
        path.relative_to(folder).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(folder.rglob("*.html"))
        if "_static" not in path.parts
    }
    anchors = {name: {tag["id"] for tag in soup.find_all(id=True)} for name, soup in pages.items()}
    found = list(_contents(pages, chapters))
    figures = {"pages": len(pages), "links": 0, "web links": 0, "images": 0}
    for name, soup in pages.items():
        for tag in soup.find_all("a", href=True):
            figures["web links" if urlsplit(tag["href"]).scheme else "links"] += 1
            if wrong := _link(tag["href"], name, anchors, folder):
                found.append(f"{name}: {wrong}")
        for tag in soup.find_all("img"):
            figures["images"] += 1
            if not tag.get("alt", "").strip():
                found.append(f"{name}: an image has no alt text: {str(tag)[:80]}")
        for tag in soup.find_all(list(LOADED)):
            address = tag.get(LOADED[tag.name], "")
            if LEADING & set(tag.get("rel", [])) or address.startswith("data:"):
                continue
            if re.match(r"([a-z]+:)?//", address):
                found.append(f"{name}: {address} is loaded from the network")
    return found, figures


def _contents(pages, chapters):
    """The side bar of the first page has every page once, the chapters in order."""
    listed = [
        posixpath.normpath(link["href"].partition("#")[0])
        for link in pages["index.html"].select("nav.bd-links li > a[href]")
    ]
    for page in sorted(pages.keys() - WITHOUT_PLACE):
        if listed.count(page) != 1:
            yield f"index.html: {page} is in the table of contents {listed.count(page)} times"
    if [page for page in listed if page in chapters] != chapters:
        yield "index.html: the chapters are not in their order"


def _link(href, name, anchors, folder):
    """What is wrong with a link on the page ``name``, or None."""
    url = urlsplit(href)
    if url.scheme or url.netloc:
        # No network to ask: only that it is a whole address of the web.
        return None if url.scheme == "https" and "." in url.netloc else f"{href} is no https:// address"
    page = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(url.path))) if url.path else name
    if page not in anchors:
        return None if (folder / page).is_file() else f"{href} leads nowhere"
    if url.fragment and unquote(url.fragment) not in anchors[page]:
        return f"{href}: no such place on that page"
    return None


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    chapters = [f"notebooks/{path.stem}.html" for path in sorted(root.glob("notebooks/*.ipynb"))]
    found, figures = problems(Path(sys.argv[1]), chapters)
    print(", ".join(f"{number} {what}" for what, number in figures.items()))
    if found:
        sys.exit("\n".join(found))
