"""Rewrites the Word file that the program made as Word would have saved it,
one habit at a time.

usage: flavour.py list
       flavour.py NAME BASE OUT.docx

Word was not at hand: the habits are those that its files are known by.
What the program writes is regular, so its XML is rewritten as text; a place that
is not found stops everything."""

import hashlib
import re
import sys
import xml.etree.ElementTree as ET

import package

TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml."
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMESPACES = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
              ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
              ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
              ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
              ' xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"')
BY = 'w:author="Head Teacher" w:date="2017-01-17T09:30:00Z"'

# A run of text, as the program writes it.
RUN = re.compile(r'<w:r>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t(?: xml:space="preserve")?>([^<]*)</w:t></w:r>')


class File:
    """The parts of a Word file as texts."""

    def __init__(self, path):
        self.parts = {n: c.decode("utf-8") for n, c in package.read(path).items()}

    @property
    def doc(self):
        return self.parts["word/document.xml"]

    @doc.setter
    def doc(self, text):
        self.parts["word/document.xml"] = text

    def save(self, path):
        for name, text in self.parts.items():
            ET.fromstring(text)  # well formed, or nothing
        package.write(path, {n: t.encode("utf-8") for n, t in self.parts.items()})

    def once(self, part, old, new):
        """Replaces old, which part has once, by new."""
        if self.parts[part].count(old) != 1:
            sys.exit("flavour: %s has %r %d times, not once" % (part, old, self.parts[part].count(old)))
        self.parts[part] = self.parts[part].replace(old, new)

    def carve(self, words, f):
        """Cuts the run that words stand in, and puts what f makes of its
        properties and the words in their place."""
        found = [m for m in RUN.finditer(self.doc) if words in m[2]]
        if len(found) != 1:
            sys.exit("flavour: %r stands in %d runs, not in one" % (words, len(found)))
        m = found[0]
        properties, (before, after) = m[1] or "", m[2].split(words, 1)
        new = f(properties, words)
        if before:
            new = run(before, properties) + new
        if after:
            new += run(after, properties)
        self.doc = self.doc[:m.start()] + new + self.doc[m.end():]

    def paragraph(self, words):
        """Returns the paragraph of the body in which words stand."""
        found = [m[0] for m in re.finditer(r"<w:p[ >](?:(?!</w:p>).)*</w:p>", self.doc, re.DOTALL) if words in re.sub("<[^>]*>", "", m[0])]
        if len(found) != 1:
            sys.exit("flavour: %r stands in %d paragraphs, not in one" % (words, len(found)))
        return found[0]

    def runs(self, f):
        """Puts what f makes of each run of text of the body, which it is told
        the number, properties and text of, in its place."""
        n = -1

        def one(m):
            nonlocal n
            n += 1
            return f(n, m[1] or "", m[2])
        self.doc = RUN.sub(one, self.doc)

    def declare(self):
        """Declares the namespaces of later editions of Word."""
        spaces = {"w15": "http://schemas.microsoft.com/office/word/2012/wordml",
                  "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
                  "wp14": "http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing",
                  "v": "urn:schemas-microsoft-com:vml", "o": "urn:schemas-microsoft-com:office:office",
                  "a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
        start = re.search(r"<w:document [^>]*>", self.doc)[0]
        new = start
        for prefix, uri in spaces.items():
            if "xmlns:%s=" % prefix not in start:
                new = new.replace("<w:document", '<w:document xmlns:%s="%s"' % (prefix, uri), 1)
        new = re.sub(r'mc:Ignorable="[^"]*"', 'mc:Ignorable="w14 w15 wp14"', new)
        self.doc = self.doc.replace(start, new)

    def add(self, name, kind, relation, text):
        """Adds a part beside the document."""
        self.parts["word/" + name] = HEAD + text
        self.once("[Content_Types].xml", "</Types>",
                  '<Override PartName="/word/%s" ContentType="%s"/></Types>' % (name, TYPES + kind + "+xml"))
        self.once("word/_rels/document.xml.rels", "</Relationships>",
                  '<Relationship Id="rIdOf%s" Type="%s" Target="%s"/></Relationships>' % (name.split(".")[0], relation, name))


def run(text, properties="", attributes="", tag="t"):
    return '<w:r%s>%s<w:%s xml:space="preserve">%s</w:%s></w:r>' % (attributes, properties, tag, text, tag)


def with_property(properties, first="", last=""):
    """Returns run properties with one more that has to stand before colours and
    sizes, and one more that has to stand last."""
    inner = properties.removeprefix("<w:rPr>").removesuffix("</w:rPr>")
    at = re.search(r"<w:(?:color|spacing|sz|highlight|u|shd|vertAlign|lang)\b", inner)
    i = at.start() if at else len(inner)
    return "<w:rPr>" + inner[:i] + first + inner[i:] + last + "</w:rPr>"


def number(*about):
    """Returns eight hexadecimal digits below 80000000 that follow from about."""
    n = int.from_bytes(hashlib.sha256(repr(about).encode()).digest()[:4], "big") & 0x7FFFFFFF
    return "%08X" % (n or 1)


FLAVOURS = {}


def flavour(name, what, **expected):
    """Registers the function that follows. Those of one file after another are
    done in this order to make the file that has them all."""
    def register(f):
        FLAVOURS[name] = (what, f, expected)
        return f
    return register


# What somebody has done in Word

@flavour("changes", "tracked changes of the head teacher: words in and out, a paragraph in, one out, bold type",
         added=["twice", "Ask at the office if you would like to help with this."],
         deleted=["straight away and without being asked"], tracked=True)
def _(f):
    f.carve("A second person looks at every picture", lambda p, w: run("A second person looks ", p)
            + '<w:ins w:id="990001" %s>%s</w:ins>' % (BY, run("twice ", p)) + run("at every picture", p))
    f.carve("before it goes on the website", lambda p, w: '<w:del w:id="990002" %s>%s</w:del>' % (BY, run("before it goes", p, tag="delText"))
            + '<w:ins w:id="990003" %s>%s</w:ins>' % (BY, run("before it appears", p)) + run(" on the website", p))
    old = f.paragraph("Over a year our pictures show all sorts of pupils")
    new = ('<w:p><w:pPr><w:rPr><w:ins w:id="990004" %s/></w:rPr></w:pPr><w:ins w:id="990005" %s>%s</w:ins></w:p>'
           % (BY, BY, run("Ask at the office if you would like to help with this.")))
    # Somebody's own insertion, taken out again by somebody else.
    gone = ('<w:p><w:pPr><w:rPr><w:ins w:id="990006" %s/><w:del w:id="990007" %s/></w:rPr></w:pPr><w:ins w:id="990008" %s><w:del w:id="990009" %s>%s</w:del></w:ins></w:p>'
            % (BY, BY, BY, BY, run("Tell us straight away and without being asked.", tag="delText")))
    f.once("word/document.xml", old, old + new + gone)
    out = f.paragraph("When somebody turns up with a camera uninvited")
    content = re.sub(r"<w:t( [^>]*)?>([^<]*)</w:t>", r"<w:delText\1>\2</w:delText>", out.removeprefix("<w:p>").removesuffix("</w:p>"))
    content = re.sub(r"(<w:r>.*</w:r>)", r'<w:del w:id="990010" %s>\1</w:del>' % BY, content)
    f.once("word/document.xml", out, '<w:p><w:pPr><w:rPr><w:del w:id="990011" %s/></w:rPr></w:pPr>%s</w:p>' % (BY, content))
    f.carve("Nobody needs a form", lambda p, w: run(w, with_property(p, "<w:b/>", '<w:rPrChange w:id="990012" %s><w:rPr/></w:rPrChange>' % BY)))


FLAVOURS["changes"][2]["deleted"].append("When somebody turns up with a camera uninvited")


@flavour("move", "a paragraph that has been moved with change tracking on", tracked=True,
         order=[["Staff do not photograph an injury", "In swimming, gymnastics, dance and athletics", "On a visit our rules come with us."]])
def _(f):
    old = f.paragraph("In swimming, gymnastics, dance and athletics")
    content = "".join(m[0] for m in RUN.finditer(old))
    source = ('<w:moveFromRangeStart w:id="990101" {0} w:name="move1"/><w:p><w:pPr><w:rPr><w:moveFrom w:id="990102" {0}/></w:rPr></w:pPr>'
              '<w:moveFrom w:id="990103" {0}>{1}</w:moveFrom></w:p><w:moveFromRangeEnd w:id="990101"/>').format(BY, content)
    target = ('<w:moveToRangeStart w:id="990104" {0} w:name="move1"/><w:p><w:pPr><w:rPr><w:moveTo w:id="990105" {0}/></w:rPr></w:pPr>'
              '<w:moveTo w:id="990106" {0}>{1}</w:moveTo></w:p><w:moveToRangeEnd w:id="990104"/>').format(BY, content)
    f.once("word/document.xml", old, source)
    after = f.paragraph("Staff do not photograph an injury")
    f.once("word/document.xml", after, after + target)


@flavour("comments", "two comments, the second an answer that has been resolved",
         parts={"comments": ["Does the art teacher know about this?", "Yes, told on Monday."]})
def _(f):
    f.declare()
    f.carve("Nobody flies a drone over our site", lambda p, w:
            '<w:commentRangeStart w:id="1"/><w:commentRangeStart w:id="2"/>' + run(w, p)
            + '<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'
            + '<w:commentRangeEnd w:id="2"/><w:r><w:commentReference w:id="2"/></w:r>')

    def comment(n, text):
        return ('<w:comment w:id="%d" %s w:initials="HT"><w:p w14:paraId="0000000%d" w14:textId="77777777"><w:r><w:annotationRef/></w:r>%s</w:p></w:comment>'
                % (n, BY, n, run(text)))
    f.add("comments.xml", "comments", RELATIONS + "comments", '<w:comments %s mc:Ignorable="w14 w15">%s%s</w:comments>'
          % (NAMESPACES, comment(1, "Does the art teacher know about this?"), comment(2, "Yes, told on Monday.")))
    f.add("commentsExtended.xml", "commentsExtended", "http://schemas.microsoft.com/office/2011/relationships/commentsExtended",
          '<w15:commentsEx %s mc:Ignorable="w14 w15"><w15:commentEx w15:paraId="00000001" w15:done="0"/>'
          '<w15:commentEx w15:paraId="00000002" w15:paraIdParent="00000001" w15:done="1"/></w15:commentsEx>' % NAMESPACES)


@flavour("text-box", "a text box, as Word writes it: once for itself, once for older editions",
         parts={"text box": ["Cameras stay in the office overnight."]})
def _(f):
    f.declare()
    words = '<w:txbxContent><w:p>%s</w:p></w:txbxContent>' % run("Cameras stay in the office overnight.")
    box = ('<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="114300" distR="114300" simplePos="0"'
           ' relativeHeight="251659264" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
           '<wp:positionH relativeFrom="column"><wp:posOffset>3600000</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
           '<wp:extent cx="2160000" cy="540000"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="990201" name="Text Box 1" descr="Where cameras stay"/><wp:cNvGraphicFramePr/>'
           '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>'
           '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2160000" cy="540000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
           '<wps:txbx>' + words + '</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>'
           '<mc:Fallback><w:pict><v:shape id="TextBox1" style="position:absolute;width:170pt;height:42pt"><v:textbox>' + words + '</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>')
    f.carve("Our devices are locked with a code", lambda p, w: box + run(w, p))


@flavour("footnote", "a footnote", parts={"footnotes": ["The code is in the safe."]})
def _(f):
    def mark(kind):
        return '<w:p><w:r><w:%s/></w:r></w:p>' % kind
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    f.add("footnotes.xml", "footnotes", RELATIONS + "footnotes",
          '<w:footnotes %s mc:Ignorable="w14 w15"><w:footnote w:type="separator" w:id="-1">%s</w:footnote><w:footnote w:type="continuationSeparator" w:id="0">%s</w:footnote>'
          '<w:footnote w:id="1"><w:p><w:r>%s<w:footnoteRef/></w:r>%s</w:p></w:footnote></w:footnotes>'
          % (NAMESPACES, mark("separator"), mark("continuationSeparator"), raised, run(" The code is in the safe.")))
    f.carve("and we know who has which", lambda p, w: run(w, p) + '<w:r>%s<w:footnoteReference w:id="1"/></w:r>' % raised)


@flavour("header", "the header has words of the school's own", parts={"header": ["Thornbeck Primary, where every face counts"]})
def _(f):
    f.once("word/header1.xml", "Thornbeck Primary School", "Thornbeck Primary, where every face counts")


@flavour("merged-cells", "a table in which cells have been joined across and down", lines=["All of these go with this policy."])
def _(f):
    rows = [m[0] for m in re.finditer(r"<w:tr>(?:(?!</w:tr>).)*</w:tr>", f.doc, re.DOTALL)]
    first = next(r for r in rows if "What we do when a child may be at risk of harm" in r)
    second = next(r for r in rows if "How personal data is kept and used" in r)
    # Word puts what both cells said into the first.
    moved = re.findall(r"<w:p[ >].*?</w:p>", second)[1]
    for row, merge in ((first, '<w:vMerge w:val="restart"/>'), (second, "<w:vMerge/>")):
        parts = row.split("</w:tcPr>")
        parts[1] += merge
        parts[2] = parts[2].replace("</w:tc>", moved + "</w:tc>", 1) if row == first else parts[2].replace(moved, "<w:p/>", 1)
        f.once("word/document.xml", row, "</w:tcPr>".join(parts))
    widths = [int(w) for w in re.findall(r'<w:tcW w:w="(\d+)"', first)]
    wide = ('<w:tr><w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr>%s</w:p></w:tc></w:tr>'
            % (sum(widths), len(widths), run("All of these go with this policy.")))
    last = next(r for r in rows if "The lists, registers and forms that this policy speaks of" in r)
    f.once("word/document.xml", last, last + wide)


@flavour("landscape", "section 14 on a page that lies on its side, between two section breaks")
def _(f):
    final = re.search(r"<w:sectPr>(?:(?!</w:sectPr>).)*</w:sectPr>(?=</w:body>)", f.doc)[0]
    wide = final.replace('<w:pgSz w:w="11906" w:h="16838"/>', '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>')
    for words, section in (("We do not let families, or anyone else, watch our youngest children", final),
                           ("Staff use other platforms and apps only if", wide)):
        old = f.paragraph(words)
        if "<w:pPr>" in old:
            sys.exit("flavour: the paragraph %r has properties" % words)
        f.once("word/document.xml", old, old.replace("<w:p>", "<w:p><w:pPr>" + section + "</w:pPr>", 1))


@flavour("characters", "spaces that do not break, soft hyphens, hyphens that do not break, and a symbol")
def _(f):
    f.carve("Nobody loses anything by saying no", lambda p, w: run(w.replace("saying no", "saying\u00a0no"), p))
    f.carve("photograph or film them", lambda p, w: run("photo", p) + "<w:r>%s<w:softHyphen/></w:r>" % p + run("graph or\u00a0film them", p))
    f.carve("disability, a background", lambda p, w: run("disabil\u00adity, a back\u00adground", p))
    f.carve("For a looked-after child", lambda p, w: run("For a looked", p) + "<w:r>%s<w:noBreakHyphen/></w:r>" % p + run("after child", p))
    f.carve("Is the device ours?", lambda p, w: run("Is the device ours?", p) + '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>')


@flavour("content-control", "a name in a content control in the line, and a paragraph in one of its own")
def _(f):
    f.carve("image lead, Mr R. Singh", lambda p, w: run("image lead, ", p)
            + '<w:sdt><w:sdtPr><w:alias w:val="Image lead"/><w:tag w:val="image-lead"/><w:id w:val="990301"/><w:text/></w:sdtPr><w:sdtContent>%s</w:sdtContent></w:sdt>' % run("Mr R. Singh", p))
    old = f.paragraph("Anybody can ask us to take a picture down")
    f.once("word/document.xml", old, '<w:sdt><w:sdtPr><w:id w:val="990302"/></w:sdtPr><w:sdtContent>%s</w:sdtContent></w:sdt>' % old)


@flavour("simple-field", "the school's name, twice, as a field with its result")
def _(f):
    for words in ("they show other people what Thornbeck Primary School is like", "devices that belong to Thornbeck Primary School"):
        name = "Thornbeck Primary School"
        before, after = words.split(name)
        f.carve(words, lambda p, w: run(before, p) + '<w:fldSimple w:instr=" DOCPROPERTY Subject ">%s</w:fldSimple>' % run(name, p)
                + (run(after, p) if after else ""))


@flavour("smart-tags", "names and places in smart tags, one within another")
def _(f):
    def tag(kind, inner):
        return '<w:smartTag w:uri="urn:schemas-microsoft-com:office:smarttags" w:element="%s">%s</w:smartTag>' % (kind, inner)
    f.carve("Ms H. O'Dowd" if "Ms H. O'Dowd" in f.doc else "Ms H. O&#39;Dowd", lambda p, w: tag("PersonName", run(w, p)))
    f.carve("Brackenshire LADO team", lambda p, w: tag("place", tag("PlaceName", run("Brackenshire", p))) + run(" LADO team", p))
    f.carve("Every year the image lead", lambda p, w: tag("date", run("Every year", p)) + run(" the image lead", p))


@flavour("bookmarks", "the program's bookmarks taken out, put elsewhere, or stretched; Word's own beside them")
def _(f):
    ids = re.findall(r'<w:bookmarkStart w:id="(\d+)" w:name="_[^"]*"/>', f.doc)
    for i, id in enumerate(ids):
        start = re.search(r'<w:bookmarkStart w:id="%s" [^>]*/>' % id, f.doc)[0]
        end = '<w:bookmarkEnd w:id="%s"/>' % id
        if i % 4 == 0:
            f.once("word/document.xml", start, "")
            f.once("word/document.xml", end, "")
        elif i % 4 == 1:
            # Into the next paragraph that begins with a run, as after a paste.
            rest = f.doc[f.doc.index(end):]
            at = re.search(r"(?:<w:p>|</w:pPr>)(?=<w:bookmarkStart)", rest)
            if at:
                there = f.doc.index(end) + at.end()
                f.doc = f.doc[:there] + start + end + f.doc[there:]
                first = f.doc.index(start)
                f.doc = f.doc[:first] + f.doc[first + len(start):]
                first = f.doc.index(end)
                f.doc = f.doc[:first] + f.doc[first + len(end):]
    f.carve("Nobody films in changing areas", lambda p, w:
            '<w:bookmarkStart w:id="990401" w:name="_GoBack"/><w:bookmarkEnd w:id="990401"/>' + run(w, p))
    f.carve("Families see their own child", lambda p, w: '<w:bookmarkStart w:id="990402" w:name="OLE_LINK1"/>' + run(w, p) + '<w:bookmarkEnd w:id="990402"/>')


# What Word does by itself

@flavour("proof-errors", "words that Word has marked as misspelt or ungrammatical")
def _(f):
    def one(n, p, text):
        words = text.split(" ")
        if len(words) < 6 or n % 2 or "Change" in p:
            return run(text, p)
        kind = "gram" if n % 4 else "spell"
        mark = '<w:proofErr w:type="%s%%s"/>' % kind
        return run(" ".join(words[:2]) + " ", p) + mark % "Start" + run(words[2], p) + mark % "End" + run(" " + " ".join(words[3:]), p)
    f.runs(one)


@flavour("split-runs", "runs broken in the middle of words")
def _(f):
    def one(n, p, text):
        # Never in the middle of a character that is written with several.
        if len(text) < 13 or "&" in text or "Change" in p:
            return run(text, p)
        a, b = len(text) // 3 + n % 3, 2 * len(text) // 3
        return "".join(run(piece, p, ' w:rsidR="00%s"' % number("piece", n, i)[2:]) for i, piece in enumerate((text[:a], text[a:b], text[b:])))
    f.runs(one)


@flavour("page-breaks-seen", "where Word last saw a page begin")
def _(f):
    def one(n, p, text):
        seen = "<w:lastRenderedPageBreak/>" if n % 23 == 11 else ""
        return '<w:r>%s%s<w:t xml:space="preserve">%s</w:t></w:r>' % (p, seen, text)
    f.runs(one)


@flavour("languages", "languages and the wish not to be proof-read on every other run")
def _(f):
    def one(n, p, text):
        if n % 2:
            return run(text, p)
        return run(text, with_property(p, "<w:noProof/>" if n % 4 else "", '<w:lang w:val="%s"/>' % ("en-US", "en-GB", "cy-GB")[n % 3]))
    f.runs(one)


@flavour("session-ids", "the session in which each paragraph, row and run was typed")
def _(f):
    n = 0

    def one(m):
        nonlocal n
        n += 1
        a, b = "00" + number("session", n % 7)[2:], "00" + number("session", n % 5)[2:]
        if m[1] == "r":
            return m[0] if "rsid" in m[0] else '<w:r w:rsidRPr="%s"%s>' % (a, m[2])
        if m[1] == "tr":
            return '<w:tr w:rsidR="%s" w:rsidTr="%s"%s>' % (a, b, m[2])
        return '<w:p w:rsidR="%s" w:rsidRDefault="%s" w:rsidP="%s"%s>' % (a, b, b, m[2])
    f.doc = re.sub(r"<w:(p|r|tr)( [^>/]*)?>", lambda m: one(re.match(r"<w:(p|r|tr)(.*)>", m[0])), f.doc)
    sessions = "".join('<w:rsid w:val="00%s"/>' % number("session", i)[2:] for i in range(7))
    f.once("word/settings.xml", "<w:themeFontLang", '<w:rsids><w:rsidRoot w:val="00%s"/>%s</w:rsids><w:themeFontLang' % (number("session", 0)[2:], sessions))


@flavour("paragraph-ids", "an id for each paragraph and its text")
def _(f):
    f.declare()
    n = 0

    def one(m):
        nonlocal n
        n += 1
        return '<w:p w14:paraId="%s" w14:textId="%s"%s>' % (number("paragraph", n), "77777777" if n % 3 else number("text", n), m[1])
    # The two copies of a text box would need the same.
    pieces = re.split(r"(<mc:AlternateContent>.*?</mc:AlternateContent>)", f.doc, flags=re.DOTALL)
    f.doc = "".join(p if p.startswith("<mc:Alt") else re.sub(r"<w:p((?: [^>/]*)?)>", one, p) for p in pieces)


@flavour("localised", "styles with the ids of a German Word; their names are the same")
def _(f):
    ids = {"Normal": "Standard", "Heading1": "berschrift1", "Heading2": "berschrift2", "Heading3": "berschrift3", "Title": "Titel",
           "Subtitle": "Untertitel", "TOCHeading": "Inhaltsverzeichnisberschrift", "TOC1": "Verzeichnis1", "TOC2": "Verzeichnis2",
           "ListBullet": "Aufzhlungszeichen", "ListBullet2": "Aufzhlungszeichen2", "ListBullet3": "Aufzhlungszeichen3",
           "ListNumber": "Listennummer", "ListContinue": "Listenfortsetzung", "Header": "Kopfzeile", "Footer": "Fuzeile",
           "Caption": "Beschriftung", "TableNormal": "NormaleTabelle", "TableGrid": "Tabellenraster", "NoList": "KeineListe",
           "DefaultParagraphFont": "Absatz-Standardschriftart"}
    what = re.compile(r'(w:styleId=|<w:(?:pStyle|rStyle|tblStyle|basedOn|next|link|styleLink|numStyleLink) w:val=)"([^"]*)"')
    for name in f.parts:
        if name.startswith("word/") and name.endswith(".xml"):
            f.parts[name] = what.sub(lambda m: '%s"%s"' % (m[1], ids.get(m[2], m[2])), f.parts[name])


def all_of_word(f):
    """Does all but smart tags, which the rules of newer Word do not have."""
    for name, (_, do, _) in FLAVOURS.items():
        if name != "smart-tags":
            do(f)


def expectations():
    """Returns what is expected of each file."""
    files = {}
    merged = {}
    for name, (what, _, expected) in FLAVOURS.items():
        files["word/%s.docx" % name] = {"what": what, "tracked": False, **expected}
        for key, want in expected.items():
            if isinstance(want, dict):
                for k, v in want.items():
                    merged.setdefault(key, {}).setdefault(k, []).extend(v)
            elif isinstance(want, list):
                merged.setdefault(key, []).extend(want)
            else:
                merged[key] = want
    files["word/all.docx"] = {"what": "all of them", **merged}
    return files


def main(args):
    if args == ["list"]:
        print("\n".join([*FLAVOURS, "all"]))
    elif len(args) == 3 and (args[0] in FLAVOURS or args[0] == "all"):
        f = File(args[1])
        (all_of_word if args[0] == "all" else FLAVOURS[args[0]][1])(f)
        f.save(args[2])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
