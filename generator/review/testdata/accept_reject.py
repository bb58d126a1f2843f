"""Accepts or rejects every tracked change of a Word file, as LibreOffice does
it: an opinion on our files that owes nothing to our program.

usage: accept_reject.py FILE accept|reject OUT.docx

Comments are taken out first: LibreOffice 7.4 without its windows ends when a
file that has them is opened through UNO."""

import contextlib
import os
import re
import sys
import tempfile

import office
import package

COMMANDS = {"accept": ".uno:AcceptAllTrackedChanges", "reject": ".uno:RejectAllTrackedChanges"}

COMMENTS = re.compile(r"(?:^|/)comments[A-Za-z]*\.xml$")


def without_comments(parts):
    """Returns parts without comments, the places they stand at, their
    relationships and content types."""
    kept = {}
    for name, content in parts.items():
        if COMMENTS.search(name) or re.search(r"/_rels/comments[A-Za-z]*\.xml\.rels$", name):
            continue
        if name.endswith(".rels"):
            content = re.sub(rb'<Relationship\b[^>]*\bTarget="[^"]*comments[A-Za-z]*\.xml"[^>]*?(?:/>|>\s*</Relationship>)', b"", content)
        elif name == "[Content_Types].xml":
            content = re.sub(rb'<Override\b[^>]*\bPartName="[^"]*/comments[A-Za-z]*\.xml"[^>]*?(?:/>|>\s*</Override>)', b"", content)
        elif name.endswith(".xml") and name.startswith("word/"):
            content = re.sub(rb"<w:commentRange(?:Start|End)\b[^>]*?(?:/>|>\s*</w:commentRange(?:Start|End)>)", b"", content)
            # The run that holds a reference holds nothing else.
            content = re.sub(rb"<w:r(?: [^>]*)?>(?:<w:rPr>(?:(?!</?w:r[ >]).)*?</w:rPr>)?<w:commentReference\b[^>]*?/></w:r>",
                             b"", content, flags=re.DOTALL)
            content = re.sub(rb"<w:commentReference\b[^>]*?/>", b"", content)
        kept[name] = content
    return kept


def main(args):
    if len(args) != 3 or args[1] not in COMMANDS:
        sys.exit(__doc__)
    file, what, out = args
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "plain.docx")
        package.write(plain, without_comments(package.read(file)))
        with office.desktop() as (desk, context):
            doc = office.load(desk, plain)
            doc.setPropertyValue("RecordChanges", False)
            office.dispatch(doc, context, COMMANDS[what])
            office.save(doc, out)
            with contextlib.suppress(Exception):
                doc.close(True)
    package.settle(out)


if __name__ == "__main__":
    main(sys.argv[1:])
