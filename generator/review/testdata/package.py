"""Reads and writes Word files as packages: a dict of part names and bytes.

What is written depends on the parts alone: the order is that of the dict, the
times are fixed, so the same parts give the same bytes."""

import itertools
import re
import zipfile

WHEN = "2017-03-06T10:00:00Z"  # when the school edited its files


def read(path):
    """Returns the parts of the file at path, in their order."""
    with zipfile.ZipFile(path) as z:
        return {i.filename: z.read(i) for i in z.infolist() if not i.is_dir()}


def write(path, parts):
    """Writes parts to path."""
    with zipfile.ZipFile(path, "w") as z:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            z.writestr(info, content, compresslevel=9)


def settle(path):
    """Takes out of a file that LibreOffice has saved what differs from one run
    to the next: when it was saved, when its changes were made, how far it had
    counted the words, and the ids that it invents for content controls."""
    parts = read(path)
    for name in parts:
        if not name.endswith(".xml"):
            continue
        text = parts[name].decode("utf-8")
        if name == "docProps/core.xml":
            text = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", r"\g<1>" + WHEN, text)
            text = re.sub(r"(<cp:revision>)[^<]*", r"\g<1>1", text)
        if name == "docProps/app.xml":
            text = re.sub(r"(<TotalTime>)[^<]*", r"\g<1>1", text)
            text = re.sub(r"<(Pages|Words|Characters|CharactersWithSpaces|Lines|Paragraphs)>[^<]*</\1>", "", text)
        text = re.sub(r'(w:date=")[^"]*', r"\g<1>" + WHEN, text)
        ids = itertools.count(700001)
        text = re.sub(r'(<w:sdtPr><w:id w:val=")[^"]*', lambda m: m[1] + str(next(ids)), text)
        parts[name] = text.encode("utf-8")
    write(path, parts)
