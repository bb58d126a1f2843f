"""Edits the Word file of a school as a school does, in LibreOffice.

usage: edit.py list
       edit.py NAME BASE OUT.docx

list prints the names of the edits. An edit whose name ends in -tracked is made
with change tracking on. What is expected of a document that has been brought
forward after an edit is said beside the edit, below; README.md says how to read
it."""

import contextlib
import os
import struct
import sys
import tempfile
import zlib

import package

PARAGRAPH_BREAK = 0  # com.sun.star.text.ControlCharacter


class Document:
    """A document in LibreOffice, and what a hand does to it."""

    def __init__(self, doc, context):
        self.doc = doc
        self.context = context

    # Finding

    def find(self, words):
        """Returns the range of words, which the body has once outside its
        contents list."""
        search = self.doc.createSearchDescriptor()
        search.SearchString = words
        search.SearchCaseSensitive = True
        found = self.doc.findAll(search)
        ranges = [found.getByIndex(i) for i in range(found.Count)]
        ranges = [r for r in ranges if not r.ParaStyleName.startswith("Contents")]
        if len(ranges) != 1:
            sys.exit("edit: %r is there %d times, not once" % (words, len(ranges)))
        return ranges[0]

    def cursor(self, words):
        """Returns a cursor that has words selected."""
        r = self.find(words)
        c = r.Text.createTextCursorByRange(r)
        return c

    def paragraph(self, words):
        """Returns a cursor that has the paragraph in which words stand
        selected, without its end."""
        c = self.cursor(words)
        c.collapseToStart()
        c.gotoStartOfParagraph(False)
        c.gotoEndOfParagraph(True)
        return c

    def section(self, heading, after):
        """Returns a cursor that has all from one heading up to another
        selected."""
        c = self.paragraph(heading)
        c.collapseToStart()
        c.gotoRange(self.paragraph(after).Start, True)
        return c

    def title(self):
        """Returns a cursor that has the title on the cover selected."""
        paragraphs = self.doc.Text.createEnumeration()
        while paragraphs.hasMoreElements():
            p = paragraphs.nextElement()
            if p.supportsService("com.sun.star.text.Paragraph") and p.ParaStyleName == "Title":
                return p.Text.createTextCursorByRange(p)
        sys.exit("edit: there is no title")

    # Words

    def replace(self, old, new):
        self.cursor(old).String = new

    def delete(self, words):
        self.cursor(words).String = ""

    def insert_after(self, words, new):
        """Types new words after words."""
        c = self.cursor(words)
        c.collapseToEnd()
        c.Text.insertString(c, new, False)

    # Paragraphs

    def delete_paragraph(self, words):
        c = self.paragraph(words)
        c.collapseToStart()
        c.gotoNextParagraph(True)
        c.String = ""

    def add_paragraph(self, words, new, style=None):
        """Types a paragraph after that in which words stand, as the key Enter
        makes it: it looks like the one before, unless style says otherwise."""
        c = self.paragraph(words)
        c.collapseToEnd()
        c.Text.insertControlCharacter(c, PARAGRAPH_BREAK, False)
        c.Text.insertString(c, new, False)
        if style:
            c.ParaStyleName = style

    def split(self, words):
        """Presses Enter after words."""
        c = self.cursor(words)
        c.collapseToEnd()
        c.Text.insertControlCharacter(c, PARAGRAPH_BREAK, False)

    def join(self, words):
        """Makes one paragraph of that in which words stand and the next."""
        c = self.paragraph(words)
        c.collapseToEnd()
        c.gotoNextParagraph(True)
        c.String = " "

    def retype(self, words, after):
        """Deletes a paragraph, its bookmark with it, and types it again."""
        same = self.paragraph(words).String
        self.delete_paragraph(words)
        self.add_paragraph(after, same)

    def move(self, first, last, after):
        """Cuts the paragraphs from that in which the words first stand to that
        with the words last, and pastes them after a third. The break before
        them goes with them, not that after them: what is pasted where a heading
        begins would take on its number."""
        cut = self.paragraph(first)
        cut.collapseToStart()
        cut.goLeft(1, False)
        cut.gotoRange(self.paragraph(last).End, True)
        controller = self.doc.CurrentController
        controller.select(cut)
        content = controller.Transferable
        controller.ViewCursor.gotoRange(self.paragraph(after).End, False)
        controller.insertTransferable(content)
        cut.String = ""

    # Tables

    def to_cell(self, words):
        view = self.doc.CurrentController.ViewCursor
        view.gotoRange(self.find(words).Start, False)

    def add_row(self, words, cells):
        """Adds a row below that in which words stand."""
        self.to_cell(words)
        table = self.doc.CurrentController.ViewCursor.TextTable
        name = self.doc.CurrentController.ViewCursor.Cell.CellName
        self.dispatch(".uno:InsertRowsAfter")
        row = int(name[1:]) + 1
        for column, text in zip("ABCDEFGH", cells):
            cell = table.getCellByName("%s%d" % (column, row))
            cell.insertString(cell.createTextCursor(), text, False)

    def delete_row(self, words):
        self.to_cell(words)
        self.dispatch(".uno:DeleteRows")

    # The rest

    def bold(self, words):
        self.cursor(words).CharWeight = 150.0

    def link_text(self, before, old, new):
        """Gives the link after the words before other words, as the dialogue
        for links does."""
        c = self.cursor(before + old)
        c.collapseToEnd()
        c.goLeft(len(old), True)
        target = c.HyperLinkURL
        if not target:
            sys.exit("edit: %r is no link" % old)
        c.String = new
        c.HyperLinkURL = target

    def page_text(self, which, old, new):
        """Replaces words in the header or footer of the page styles in use."""
        styles = self.doc.StyleFamilies.getByName("PageStyles")
        done = 0
        for name in styles.ElementNames:
            style = styles.getByName(name)
            if not style.isInUse() or not style.getPropertyValue(which + "IsOn"):
                continue
            for side in ("Text", "TextFirst"):
                text = style.getPropertyValue(which + side)
                if text is None or old not in text.String:
                    continue
                at = text.String.index(old)
                c = text.createTextCursor()
                c.gotoStart(False)
                c.goRight(at, False)
                c.goRight(len(old), True)
                if c.String != old:
                    sys.exit("edit: the words %r of a %s have a field in them" % (old, which.lower()))
                c.String = new
                done += 1
        if not done:
            sys.exit("edit: no %s has %r" % (which.lower(), old))

    def footnote(self, words, text):
        c = self.cursor(words)
        c.collapseToEnd()
        note = self.doc.createInstance("com.sun.star.text.Footnote")
        c.Text.insertTextContent(c, note, False)
        note.insertString(note.createTextCursor(), text, False)

    def picture(self, words, description):
        """Inserts a small picture, in the line, after words."""
        import uno
        import office
        path = os.path.join(tempfile.mkdtemp(), "picture.png")
        with open(path, "wb") as f:
            f.write(png(24, 24))
        provider = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.graphic.GraphicProvider", self.context)
        shape = self.doc.createInstance("com.sun.star.text.TextGraphicObject")
        shape.Graphic = provider.queryGraphic((office.value("URL", office.url(path)),))
        shape.AnchorType = uno.Enum("com.sun.star.text.TextContentAnchorType", "AS_CHARACTER")
        shape.Width = shape.Height = 1000
        shape.Description = description
        c = self.cursor(words)
        c.collapseToEnd()
        c.Text.insertTextContent(c, shape, False)

    def dispatch(self, command):
        import office
        office.dispatch(self.doc, self.context, command)


def png(width, height):
    """Returns a green square."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + b"\x2e\x7d\x32" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


# What the school does. Each edit has a name; a line that says what was changed;
# what is done; and what is expected. Edits of the table ALL are also made together,
# so their places must not touch.

EDITS = {}
ALL = []


def edit(name, what, together=True, **expected):
    """Registers the function that follows as an edit."""
    def register(f):
        EDITS[name] = (what, f, expected)
        if together:
            ALL.append(name)
        return f
    return register


@edit("unchanged", "nothing: opened and saved", together=False)
def _(d):
    pass


@edit("reword", "7.2: the last sentence has other words; the template leaves the paragraph alone",
      added=["When we praise a pupil by name in the newsletter, no picture goes with it."],
      deleted=["When we name a pupil, for instance in praise, we do it without a picture."])
def _(d):
    d.replace("When we name a pupil, for instance in praise, we do it without a picture.",
              "When we praise a pupil by name in the newsletter, no picture goes with it.")


@edit("reword-beside", "1: a sentence has other words; the template adds a sentence elsewhere in the paragraph",
      added=["We mean to go on taking them, and to enjoy them together."],
      deleted=["We want to go on taking them."])
def _(d):
    d.replace("We want to go on taking them.", "We mean to go on taking them, and to enjoy them together.")


@edit("reword-conflict", "11: a sentence has other words; the template changes the same sentence",
      added=["They hand it to the office, where the headteacher decides whether it is searched."],
      deleted=["They do not look through it unless the headteacher has authorised a search."])
def _(d):
    d.replace("They do not look through it unless the headteacher has authorised a search.",
              "They hand it to the office, where the headteacher decides whether it is searched.")


@edit("reword-detail", "people: the name of the designated safeguarding lead is typed over",
      added=["Mrs K. Boateng"])
def _(d):
    table = d.doc.TextTables.getByName("Table2")
    for row in range(1, table.Rows.Count + 1):
        if table.getCellByName("A%d" % row).String.startswith("Designated safeguarding lead"):
            cell = table.getCellByName("B%d" % row)
            c = cell.createTextCursor()
            c.gotoEnd(True)
            c.String = "Mrs K. Boateng"
            return
    sys.exit("edit: no row for the designated safeguarding lead")


@edit("delete-sentence", "5.2: the last sentence of the paragraph on visitors is gone",
      deleted=["Builders and surveyors take theirs when no pupil is in view."])
def _(d):
    d.delete(" Builders and surveyors take theirs when no pupil is in view.")


@edit("delete-clause", "9: the paragraph on uninvited cameras is gone; the template leaves it alone",
      deleted=["When somebody turns up with a camera uninvited, staff give no answers"])
def _(d):
    d.delete_paragraph("When somebody turns up with a camera uninvited")


@edit("delete-clause-changed", "5.2: the paragraph on smart watches is gone; the template changes it",
      deleted=["Staff wear smart watches only with the camera and messages turned off."])
def _(d):
    d.delete_paragraph("Staff wear smart watches only")


@edit("add-paragraph", "7.1: a paragraph more at the end",
      added=["Our class blogs are open only to families with a login, and a teacher reads every entry before it appears."])
def _(d):
    d.add_paragraph("Nobody publishes pictures of pupils on an account of their own",
                    "Our class blogs are open only to families with a login, and a teacher reads every entry before it appears.")


@edit("add-section", "after 13: a section of the school's own, with a heading and a paragraph",
      added=["Balloons, kites and the summer fair",
             "At the summer fair a camera on a kite string takes one picture of the whole field from above, when everyone has been told."],
      order=["No camera that watches a place or a person is put up", "Balloons, kites and the summer fair",
             "At the summer fair a camera on a kite string", "In the early years we record how children learn"])
def _(d):
    d.add_paragraph("We do not let families, or anyone else, watch our youngest children by webcam",
                    "Balloons, kites and the summer fair", style="Heading 1")
    d.add_paragraph("Balloons, kites and the summer fair",
                    "At the summer fair a camera on a kite string takes one picture of the whole field from above, "
                    "when everyone has been told.", style="Standard")


@edit("delete-section", "5.3 is gone; the template leaves it alone", together=False,
      deleted=["Pupils who cannot be in a picture", "Some pupils may not be in some pictures, or in any.",
               "crop or choose another picture rather than blur one face"])
def _(d):
    d.section("Pupils who cannot be in a picture", "The youngest children").String = ""


@edit("delete-section-changed", "12 is gone; the template changes it",
      deleted=["Live video, streaming and recordings", "Live video goes out before anybody can look at it.",
               "We do not stream events live."])
def _(d):
    d.section("Live video, streaming and recordings", "CCTV and other fixed cameras").String = ""


@edit("move-paragraph", "5.1: the paragraph on swimming stands after that on injuries",
      order=["from an angle, or so close", "Staff do not photograph an injury", "In swimming, gymnastics, dance and athletics",
             "On a visit our rules come with us."])
def _(d):
    d.move("In swimming, gymnastics, dance", "In swimming, gymnastics, dance", after="Staff do not photograph an injury")


@edit("move-section", "10 stands before 9", together=False,
      order=["We ask families to show even pictures of their own children", "Professional photographers",
             "We choose a photographer for portraits", "On the day we check who the photographers are",
             "Press, partners and others", "We do not give pictures of pupils to the press"])
def _(d):
    d.move("Professional photographers", "On the day we check who the photographers are",
           after="We ask families to show even pictures of their own children")


@edit("retype", "1: the second paragraph is deleted and typed again, word for word",
      added=["This policy says what we take pictures for, who decides, which devices we use"],
      order=["Pictures let pupils look back", "This policy says what we take pictures for", "in this policy, is any of these:"])
def _(d):
    d.retype("This policy says what we take pictures for", after="Pictures let pupils look back")


@edit("table-cell", "6: pictures stay on the website for a shorter time",
      added=["6 months from the day of publishing"], deleted=["12 months from the day of publishing"])
def _(d):
    d.replace("12 months from the day of publishing", "6 months from the day of publishing")


@edit("table-cell-conflict", "4.1: a cell has other words; the template changes it, and adds a column to the table",
      added=["People are told on the day if that is safe, and afterwards if not"])
def _(d):
    d.replace("People are told if that is safe", "People are told on the day if that is safe, and afterwards if not")


@edit("table-row-add", "6: a row more in the middle of the table", together=False,
      added=["Films of class assemblies", "Until the end of the school year"],
      order=["Until the display changes", "Films of class assemblies", "12 months from the day of publishing"])
def _(d):
    d.add_row("Until the display changes", ["Films of class assemblies", "Until the end of the school year"])


@edit("table-row-delete", "6: the row on displays is gone",
      deleted=["Until the display changes, and no longer than the pupil is with us"])
def _(d):
    d.delete_row("Until the display changes")


@edit("table-row-append", "16: a row more at the end of the table on who is told",
      added=["A camera or a card is missing", "The school office"])
def _(d):
    d.add_row("When it is noticed", ["A camera or a card is missing", "The school office", "Before going home"])


@edit("reword-item", "5.3: an item of the list has other words",
      added=["give nobody a sticker, a coloured band or anything else that marks them out"],
      deleted=["mark nobody out by stickers, colours or lists that others can see"])
def _(d):
    d.replace("mark nobody out by stickers, colours or lists that others can see",
              "give nobody a sticker, a coloured band or anything else that marks them out")


@edit("add-item-end", "11: an item more at the end of the list",
      added=["hand in the camera and its card at the end of the day."],
      order=["tell an adult when a picture is going round.", "hand in the camera and its card at the end of the day."])
def _(d):
    d.add_paragraph("tell an adult when a picture is going round.", "hand in the camera and its card at the end of the day.")


@edit("add-item-middle", "5.1: an item more in the middle of the list of bullets",
      added=["of a pupil who is asleep"],
      order=["of a pupil alone with one adult", "of a pupil who is asleep", "in secret, or as a punishment or a joke"])
def _(d):
    d.add_paragraph("of a pupil alone with one adult and out of sight of others", "of a pupil who is asleep")


@edit("add-item-numbered", "5.1: an item more in the middle of the numbered list",
      added=["Is there still room on the card?"],
      order=["Is the device ours?", "Is there still room on the card?", "Would I take it with this pupil's family standing beside me?"])
def _(d):
    d.add_paragraph("Is the device ours?", "Is there still room on the card?")


@edit("delete-item", "5.2: an item of the list is gone",
      deleted=["Copying to personal accounts, and marking pictures with a place, are switched off."])
def _(d):
    d.delete_paragraph("Copying to personal accounts")


@edit("reword-nested", "11: an item of a list in a list has other words", together=False,
      added=["by a pupil in Year 4, 5 or 6"], deleted=["by a pupil in Year 5 or 6"])
def _(d):
    d.replace("by a pupil in Year 5 or 6", "by a pupil in Year 4, 5 or 6")


@edit("reword-callout", "8: the statement that is read out has a sentence more",
      added=["If you have to take a call, please step outside."])
def _(d):
    d.insert_after("put your phone away when we ask you to.", " If you have to take a call, please step outside.")


@edit("split", "5.1: the paragraph on visits is two",
      lines=["On a visit our rules come with us."], added=["A picture posted on the same day shows where pupils are"])
def _(d):
    c = d.cursor("On a visit our rules come with us. ")
    c.collapseToEnd()
    c.goLeft(1, True)
    c.String = ""
    d.split("On a visit our rules come with us.")


@edit("join", "6: the last two paragraphs are one",
      added=["nothing in it is published without asking. Everything else goes when its time is up. The image lead sees to it."])
def _(d):
    d.join("A picture that is needed as evidence")


@edit("bold", "7.3: three words are bold", bold=["A second person"])
def _(d):
    d.bold("A second person")


@edit("link-text", "about this policy: the link to the school's website has other words",
      added=["It is on the school's own website."], links={"the school's own website": "https://www.thornbeck.example"})
def _(d):
    d.link_text("It is on our website, ", "thornbeck.example", "the school's own website")
    d.delete("our website, ")


@edit("title", "the title on the cover has other words",
      added=["Thornbeck's policy on photographs and film"], deleted=["Cameras and images policy"])
def _(d):
    d.title().String = "Thornbeck's policy on photographs and film"


@edit("header-footer", "the header and the footer have words of the school's own",
      parts={"header": ["Thornbeck Primary, where every face counts"], "footer": ["Printed copies are out of date"]})
def _(d):
    d.page_text("Header", "Thornbeck Primary School", "Thornbeck Primary, where every face counts")
    d.page_text("Footer", "Version 1.0", "Printed copies are out of date. Version 1.0")


@edit("picture", "10: a picture stands at the end of the last paragraph", parts={"media": 1})
def _(d):
    d.picture("nobody is made to stand aside in front of others.", "Drawing of a camera")


@edit("footnote", "8: a footnote stands at the end of a sentence", parts={"footnotes": ["Ask at the office for a copy in your own language."]})
def _(d):
    d.footnote("filming has not been allowed.", "Ask at the office for a copy in your own language.")


@edit("all", "all of the edits that do not touch one another, one after the other", together=False)
def _(d):
    for name in ALL:
        EDITS[name][1](d)


def together():
    """Returns what is expected of all edits made together."""
    merged = {}
    for name in ALL:
        for key, want in EDITS[name][2].items():
            if isinstance(want, dict):
                merged.setdefault(key, {}).update(want)
            else:
                merged.setdefault(key, []).extend([want] if key == "order" else want)
    return merged


def expectations():
    """Returns what is expected of each file."""
    files = {}
    for name, (what, _, expected) in EDITS.items():
        if name == "all":
            expected = together()
        elif "order" in expected:
            expected = {**expected, "order": [expected["order"]]}
        for tracked in (False, True):
            file = name + ("-tracked" if tracked else "") + ".docx"
            files["libreoffice/" + file] = {"what": what, "tracked": tracked, **expected}
    return files


def make(name, base, out):
    import office
    plain = name.removesuffix("-tracked")
    with office.desktop() as (desk, context):
        doc = office.load(desk, base)
        doc.setPropertyValue("RecordChanges", plain != name)
        EDITS[plain][1](Document(doc, context))
        doc.setPropertyValue("RecordChanges", False)
        office.save(doc, out)
        with contextlib.suppress(Exception):
            doc.close(True)
    package.settle(out)


def main(args):
    if args == ["list"]:
        for name in EDITS:
            print(name)
            print(name + "-tracked")
    elif len(args) == 3 and args[0].removesuffix("-tracked") in EDITS:
        make(*args)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
