"""Rewrites the Word file that the program made as Google Docs would have
exported it, after three of the edits that edit.py makes.

usage: google.py BASE OUT.docx

Google Docs was not at hand: these are the habits that its files are known by.
There are no styles but Normal, Title, Subtitle and headings; every run carries
its looks itself; lists have numberings of their own; content controls, custom
parts and properties are gone, and so are our bookmarks."""

import re
import sys
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import edit
import package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SPACES = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
          ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"')
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml."
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

# The styles that are left, what they are called, and their looks.
STYLES = {
    "Heading1": ("heading 1", '<w:spacing w:before="400" w:after="120"/>', '<w:sz w:val="40"/><w:szCs w:val="40"/>', "0"),
    "Heading2": ("heading 2", '<w:spacing w:before="360" w:after="120"/>', '<w:sz w:val="32"/><w:szCs w:val="32"/>', "1"),
    "Heading3": ("heading 3", '<w:spacing w:before="320" w:after="80"/>', '<w:color w:val="434343"/><w:sz w:val="28"/><w:szCs w:val="28"/>', "2"),
    "Heading4": ("heading 4", '<w:spacing w:before="280" w:after="80"/>', '<w:color w:val="666666"/><w:sz w:val="24"/><w:szCs w:val="24"/>', "3"),
    "Heading5": ("heading 5", '<w:spacing w:before="240" w:after="80"/>', '<w:color w:val="666666"/>', "4"),
    "Heading6": ("heading 6", '<w:spacing w:before="240" w:after="80"/>', '<w:i/><w:color w:val="666666"/>', "5"),
    "Title": ("Title", '<w:spacing w:before="0" w:after="60"/>', '<w:sz w:val="52"/><w:szCs w:val="52"/>', None),
    "Subtitle": ("Subtitle", '<w:spacing w:before="0" w:after="320"/>', '<w:color w:val="666666"/><w:sz w:val="30"/><w:szCs w:val="30"/>', None),
}

FONT = '<w:rFonts w:ascii="Calibri" w:cs="Calibri" w:eastAsia="Calibri" w:hAnsi="Calibri"/>'

# Three edits of edit.py that change words and nothing else: what they do here.
EDITS = ("reword", "add-paragraph", "delete-item")


class Writer:
    """Writes the body of a document as Google Docs does."""

    def __init__(self, root, targets):
        self.targets = targets  # of relationships, by id
        self.links = []  # addresses, in their order
        self.tables = 0
        self.lists = {}  # numbering of the export, by numbering of ours
        self.anchors = {}  # of bookmarks that headings carry
        self.bookmarks = 0
        body = root.find(W + "body")
        for p in body.iter(W + "p"):
            if self.style(p).startswith("Heading"):
                name = "_heading=h.%013x" % (0x1a2b3c4d5e6f + 7919 * len(self.anchors))
                for b in p.iter(W + "bookmarkStart"):
                    self.anchors.setdefault(b.get(W + "name"), name)
        self.body = "".join(self.blocks(body))

    def style(self, p):
        s = p.find(f"{W}pPr/{W}pStyle")
        return "Normal" if s is None else s.get(W + "val")

    def blocks(self, parent):
        for e in parent:
            if e.tag == W + "p":
                yield self.paragraph(e)
            elif e.tag == W + "tbl":
                yield self.table(e)
            elif e.tag == W + "sdt":
                content = "".join(self.blocks(e.find(W + "sdtContent")))
                if e.find(f"{W}sdtPr/{W}docPartObj") is not None:
                    content = ('<w:sdt><w:sdtPr><w:id w:val="1234567"/><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
                               '<w:docPartUnique w:val="1"/></w:docPartObj></w:sdtPr><w:sdtContent>%s</w:sdtContent></w:sdt>' % content)
                yield content

    def numbering(self, p):
        """Returns the level and numbering of a paragraph, which may be its
        style's."""
        of_style = {"ListBullet": ("0", "1"), "ListBullet2": ("1", "1"), "ListBullet3": ("2", "1"), "CheckList": ("0", "4"),
                    "Heading1": ("0", "2"), "Heading2": ("1", "2"), "Heading3": ("2", "2")}
        level, id = of_style.get(self.style(p), ("0", None))
        n = p.find(f"{W}pPr/{W}numPr")
        if n is not None:
            l, i = n.find(W + "ilvl"), n.find(W + "numId")
            level = level if l is None else l.get(W + "val")
            id = id if i is None else i.get(W + "val")
        # Check boxes and what has no number are plain paragraphs.
        if id in (None, "0", "4"):
            return None
        return level, self.lists.setdefault(id, str(len(self.lists) + 1))

    def paragraph(self, p):
        style = self.style(p)
        kept = style if style in STYLES else "Normal"
        properties = '<w:pStyle w:val="%s"/>' % kept if kept != "Normal" else ""
        numbering = self.numbering(p)
        if numbering:
            properties += '<w:numPr><w:ilvl w:val="%s"/><w:numId w:val="%s"/></w:numPr>' % numbering
        if style.startswith("Callout"):
            sides = "".join('<w:%s w:color="2e7d32" w:space="4" w:sz="8" w:val="single"/>' % s for s in ("top", "left", "bottom", "right"))
            properties += '<w:pBdr>%s</w:pBdr><w:shd w:fill="f3f3f3" w:val="clear"/>' % sides
        properties += '<w:spacing w:after="120" w:line="276" w:lineRule="auto"/>'
        if numbering and kept == "Normal":
            properties += '<w:ind w:left="%d" w:hanging="360"/>' % (720 * (int(numbering[0]) + 1))
        content = "".join(self.runs(p, style, p))
        if kept.startswith("Heading"):
            names = [self.anchors[b.get(W + "name")] for b in p.iter(W + "bookmarkStart") if b.get(W + "name") in self.anchors]
            for name in dict.fromkeys(names):
                content = ('<w:bookmarkStart w:colFirst="0" w:colLast="0" w:name="%s" w:id="%d"/><w:bookmarkEnd w:id="%d"/>'
                           % (name, self.bookmarks, self.bookmarks)) + content
                self.bookmarks += 1
        return "<w:p><w:pPr>%s<w:rPr/></w:pPr>%s<w:r><w:rPr><w:rtl w:val=\"0\"/></w:rPr></w:r></w:p>" % (properties, content)

    def runs(self, parent, style, p, link=False):
        for e in parent:
            if e.tag == W + "r":
                yield self.run(e, style, link)
            elif e.tag == W + "hyperlink":
                inner = "".join(self.runs(e, style, p, link=True))
                anchor, id = e.get(W + "anchor"), e.get(R + "id")
                if anchor in self.anchors:
                    yield '<w:hyperlink w:anchor="%s">%s</w:hyperlink>' % (self.anchors[anchor], inner)
                elif id in self.targets:
                    self.links.append(self.targets[id])
                    yield '<w:hyperlink r:id="rIdLink%d">%s</w:hyperlink>' % (len(self.links), inner)
                else:
                    yield inner
            elif e.tag in (W + "sdt", W + "smartTag", W + "sdtContent", W + "ins"):
                yield from self.runs(e, style, p, link)

    def run(self, r, style, link):
        own = r.find(W + "rPr")

        def has(tag):
            return own is not None and own.find(W + tag) is not None
        looks = FONT
        if has("b") or style in ("TableHead", "Strapline"):
            looks += '<w:b w:val="1"/><w:bCs w:val="1"/>'
        if has("i"):
            looks += '<w:i w:val="1"/><w:iCs w:val="1"/>'
        if link:
            looks += '<w:color w:val="1155cc"/>'
        if style not in STYLES:
            looks += '<w:sz w:val="22"/><w:szCs w:val="22"/>'
        if has("highlight"):
            looks += '<w:highlight w:val="yellow"/>'
        if link:
            looks += '<w:u w:val="single"/>'
        looks = '<w:rPr>%s<w:rtl w:val="0"/></w:rPr>' % looks
        out = ""
        for c in r:
            if c.tag == W + "t" and c.text:
                out += '<w:t xml:space="preserve">%s</w:t>' % escape(c.text)
            elif c.tag in (W + "tab", W + "br"):
                out += "<w:%s/>" % c.tag.removeprefix(W)
            elif c.tag == W + "fldChar":
                out += '<w:fldChar w:fldCharType="%s"/>' % c.get(W + "fldCharType")
            elif c.tag == W + "instrText":
                out += '<w:instrText xml:space="preserve">%s</w:instrText>' % escape(c.text)
        return "<w:r>%s%s</w:r>" % (looks, out) if out else ""

    def table(self, t):
        self.tables += 1
        widths = [g.get(W + "w") for g in t.find(W + "tblGrid")]
        sides = "".join('<w:%s w:color="000000" w:space="0" w:sz="8" w:val="single"/>' % s
                        for s in ("top", "left", "bottom", "right", "insideH", "insideV"))
        out = ('<w:tbl><w:tblPr><w:tblStyle w:val="Table%d"/><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="left"/><w:tblBorders>%s</w:tblBorders>'
               '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0600"/></w:tblPr><w:tblGrid>%s</w:tblGrid>'
               % (self.tables, sum(map(int, widths)), sides, "".join('<w:gridCol w:w="%s"/>' % w for w in widths)))
        for i, row in enumerate(t.iter(W + "tr")):
            # Google Docs also says of every other row that it is no head, in a way
            # that the rules of Word forbid.
            out += "<w:tr>" + ("<w:trPr><w:tblHeader/></w:trPr>" if i == 0 else "")
            for width, cell in zip(widths, row.iter(W + "tc")):
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                extra = "" if span is None else '<w:gridSpan w:val="%s"/>' % span.get(W + "val")
                fill = '<w:shd w:fill="d9ead3" w:val="clear"/>' if i == 0 else ""
                out += "<w:tc><w:tcPr>%s%s<w:vAlign w:val=\"top\"/></w:tcPr>%s</w:tc>" % (extra, fill, "".join(self.blocks(cell)))
            out += "</w:tr>"
        return out + "</w:tbl>"


def styles(tables):
    out = ('<w:styles %s><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:cs="Arial" w:eastAsia="Arial" w:hAnsi="Arial"/>'
           '<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="en-GB"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
           '<w:style w:type="paragraph" w:styleId="Normal" w:default="1"><w:name w:val="normal"/></w:style>'
           '<w:style w:type="table" w:styleId="TableNormal" w:default="1"><w:name w:val="Table Normal"/></w:style>' % SPACES)
    for id, (name, spacing, looks, level) in STYLES.items():
        level = "" if level is None else '<w:outlineLvl w:val="%s"/>' % level
        out += ('<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>'
                '<w:pPr><w:keepNext w:val="1"/><w:keepLines w:val="1"/>%s%s</w:pPr><w:rPr>%s</w:rPr></w:style>' % (id, name, spacing, level, looks))
    for n in range(1, tables + 1):
        out += ('<w:style w:type="table" w:styleId="Table%d" w:customStyle="1"><w:name w:val="Table%d"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
                '<w:tblStyleRowBandSize w:val="1"/><w:tblStyleColBandSize w:val="1"/></w:tblPr></w:style>' % (n, n))
    return out + "</w:styles>"


def numberings(lists):
    """Writes a numbering for each of ours: bullets, headings, or numbers."""
    abstract = nums = ""
    for ours, id in lists.items():
        levels = ""
        for n in range(9):
            if ours == "1":
                kind, text = "bullet", "●○■"[n % 3]
            elif ours == "2":
                kind, text = "decimal", ".".join("%%%d" % (i + 1) for i in range(n + 1))
            else:
                kind, text = ("decimal", "lowerLetter", "lowerRoman")[n % 3], "%%%d." % (n + 1)
            levels += ('<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/><w:lvlJc w:val="left"/>'
                       '<w:pPr><w:ind w:left="%d" w:hanging="360"/></w:pPr></w:lvl>' % (n, kind, text, 720 * (n + 1)))
        abstract += '<w:abstractNum w:abstractNumId="%s"><w:multiLevelType w:val="multilevel"/>%s</w:abstractNum>' % (id, levels)
        nums += '<w:num w:numId="%s"><w:abstractNumId w:val="%s"/></w:num>' % (id, id)
    return '<w:numbering %s>%s%s</w:numbering>' % (SPACES, abstract, nums)


def apply_edits(doc):
    """Makes the three edits in the text of the document."""
    def once(old, new):
        nonlocal doc
        if doc.count(old) != 1:
            sys.exit("google: %r is there %d times, not once" % (old, doc.count(old)))
        doc = doc.replace(old, new)

    def paragraph(words):
        return next(m[0] for m in re.finditer(r"<w:p>.*?</w:p>", doc) if words in m[0])

    once(edit.EDITS["reword"][2]["deleted"][0], edit.EDITS["reword"][2]["added"][0])
    before = paragraph("Nobody publishes pictures of pupils on an account of their own")
    once(before, before + re.sub(r"<w:t [^>]*>.*?</w:t>", '<w:t xml:space="preserve">%s</w:t>' % edit.EDITS["add-paragraph"][2]["added"][0], before, count=1))
    once(paragraph(edit.EDITS["delete-item"][2]["deleted"][0]), "")
    return doc


def make(base, out):
    parts = package.read(base)
    targets = {r.get("Id"): r.get("Target") for r in ET.fromstring(parts["word/_rels/document.xml.rels"]) if r.get("TargetMode") == "External"}
    writer = Writer(ET.fromstring(parts["word/document.xml"]), targets)
    document = ('<w:document %s><w:body>%s<w:sectPr><w:footerReference r:id="rIdFooter" w:type="default"/><w:pgSz w:h="16838" w:w="11906" w:orient="portrait"/>'
                '<w:pgMar w:bottom="1134" w:top="1304" w:left="1134" w:right="1134" w:header="624" w:footer="567"/><w:pgNumType w:start="1"/></w:sectPr></w:body></w:document>'
                % (SPACES, apply_edits(writer.body)))
    footer = '<w:ftr %s><w:p><w:r><w:rPr><w:rtl w:val="0"/></w:rPr><w:t xml:space="preserve">Version 1.0, edition 2016-09</w:t></w:r></w:p></w:ftr>' % SPACES
    relations = [("rIdStyles", "styles", "styles.xml", ""), ("rIdNumbering", "numbering", "numbering.xml", ""),
                 ("rIdSettings", "settings", "settings.xml", ""), ("rIdFooter", "footer", "footer1.xml", "")]
    relations += [("rIdLink%d" % (i + 1), "hyperlink", link, ' TargetMode="External"') for i, link in enumerate(writer.links)]
    kinds = {"document": "document.main", "styles": "styles", "numbering": "numbering", "settings": "settings", "footer1": "footer"}
    texts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                               '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                               '<Default Extension="xml" ContentType="application/xml"/>%s</Types>'
                               % "".join('<Override PartName="/word/%s.xml" ContentType="%s%s+xml"/>' % (n, DOCUMENT, k) for n, k in kinds.items()),
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                       '<Relationship Id="rId1" Type="%sofficeDocument" Target="word/document.xml"/></Relationships>' % RELATIONS,
        "word/document.xml": document,
        "word/styles.xml": styles(writer.tables),
        "word/numbering.xml": numberings(writer.lists),
        "word/settings.xml": '<w:settings %s><w:displayBackgroundShape/><w:defaultTabStop w:val="720"/><w:compat>'
                             '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>' % SPACES,
        "word/footer1.xml": footer,
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
                                        % "".join('<Relationship Id="%s" Type="%s%s" Target=%s%s/>' % (i, RELATIONS, k, quoteattr(t), m) for i, k, t, m in relations),
    }
    for text in texts.values():
        ET.fromstring(text)  # well formed, or nothing
    package.write(out, {n: (HEAD + t).encode("utf-8") for n, t in texts.items()})


def expectations():
    """Returns what is expected of the file."""
    expected = {"what": "Google Docs; " + "; ".join(edit.EDITS[n][0] for n in EDITS), "tracked": False}
    for name in EDITS:
        for key, want in edit.EDITS[name][2].items():
            expected.setdefault(key, []).extend(want)
    return {"google/google-docs.docx": expected}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    make(*sys.argv[1:])
