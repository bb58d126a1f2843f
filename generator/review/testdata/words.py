"""Prints the words of a Word file's body, a paragraph a line, as they are once
every tracked change has been accepted.

usage: words.py FILE

Shares nothing with the program, so that it can judge it. Left out are what has
been deleted or moved away, the contents list, text boxes, and empty lines; the
cells of a row stand on one line, with " | " between them."""

import re
import sys
import xml.etree.ElementTree as ET
import zipfile

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

# Runs that are not there once changes are accepted, and what is not a body's text.
GONE = {W + "del", W + "moveFrom", W + "pict", W + "object", W + "drawing", W + "instrText", W + "delText",
        W + "footnoteReference", MC + "AlternateContent", W + "pPr", W + "rPr"}

MARKS = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-", W + "softHyphen": ""}


def words(path):
    """Returns the lines of the file at path."""
    with zipfile.ZipFile(path) as z:
        body = ET.fromstring(z.read("word/document.xml")).find(W + "body")
    return [line for line in blocks(body) if line]


def blocks(parent):
    """Yields the lines of the paragraphs and rows in parent. A paragraph whose
    mark is deleted flows into the next."""
    pending = ""
    for e in children(parent):
        if e.tag == W + "p":
            pending += text(e)
            if mark_gone(e):
                continue
            yield tidy(pending)
            pending = ""
        elif e.tag == W + "tbl":
            if pending:
                yield tidy(pending)
                pending = ""
            yield from rows(e)
    if pending:
        yield tidy(pending)


def children(parent):
    """Yields the blocks in parent, those in content controls, custom XML and
    changes among them, but not those of the contents list."""
    for e in parent:
        if e.tag == W + "sdt":
            gallery = e.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
            if gallery is not None and gallery.get(W + "val") == "Table of Contents":
                continue
            yield from children(e.find(W + "sdtContent"))
        elif e.tag in (W + "customXml", W + "smartTag", W + "ins", W + "moveTo"):
            yield from children(e)
        else:
            yield e


def rows(table):
    for row in children(table):
        if row.tag != W + "tr" or row.find(f"{W}trPr/{W}del") is not None:
            continue
        cells = [c for c in children(row) if c.tag == W + "tc"]
        line = " | ".join(" ".join(l for l in blocks(c) if l) for c in cells)
        if line.strip(" |"):
            yield line


def mark_gone(p):
    mark = p.find(f"{W}pPr/{W}rPr")
    return mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)


def text(e):
    out = []
    for c in e:
        if c.tag in GONE:
            continue
        if c.tag == W + "t":
            out.append(c.text or "")
        elif c.tag == W + "sym":
            out.append(chr(int(c.get(W + "char"), 16)))
        else:
            out.append(MARKS.get(c.tag, ""))
            out.append(text(c))
    return "".join(out)


def tidy(line):
    """Takes soft hyphens out, and the joiner that LibreOffice puts into the
    first cell of a row whose insertion it tracks; makes one space of any run of
    white space."""
    return re.sub(r"\s+", " ", re.sub("[\u00ad\u200d]", "", line)).strip()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: words.py FILE")
    print("\n".join(words(sys.argv[1])))
