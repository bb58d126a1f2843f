"""Writes what is expected of each file of the corpus, and looks whether the
files themselves are so.

usage: expected.py

expected.json is for tests; the line beside each file is for people."""

import json
import os
import re
import sys

import edit
import flavour
import google
import words


def check(file, want):
    """Returns what is not in the file although the school put it there, or is
    although the school took it out."""
    if not os.path.exists(file):
        return ["is not there"]
    lines = words.words(file)
    text = "\n".join(lines)
    wrong = ["lacks %r" % s for s in want.get("added", []) if s not in text]
    wrong += ["has %r" % s for s in want.get("deleted", []) if s in text]
    wrong += ["has no line %r" % s for s in want.get("lines", []) if s not in lines]
    for order in want.get("order", []):
        at = [text.find(s) for s in order]
        if -1 in at or at != sorted(at):
            wrong.append("has not in this order: %r" % order)
    return wrong


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    files = {"base.docx": {"what": "as the program made it", "tracked": False}}
    for source in (edit, flavour, google):
        files.update(source.expectations())
    failed = False
    for file, want in files.items():
        for wrong in check(file, want):
            print("expected: %s %s" % (file, wrong), file=sys.stderr)
            failed = True
        how = ", with change tracking on" if want["tracked"] and file.startswith("libreoffice/") else ""
        with open(re.sub(r"\.docx$", ".txt", file), "w", encoding="utf-8") as f:
            f.write(want["what"] + how + "\n")
    there = {os.path.join(d, n).removeprefix("./") for d, _, names in os.walk(".") for n in names if n.endswith(".docx")}
    for file in sorted(there - set(files)):
        print("expected: nothing is said of %s" % file, file=sys.stderr)
        failed = True
    with open("expected.json", "w", encoding="utf-8") as f:
        json.dump(files, f, indent=1, ensure_ascii=False, sort_keys=True)
        f.write("\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()
