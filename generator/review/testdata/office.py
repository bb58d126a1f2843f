"""Runs LibreOffice without a window, one process for each file: a file that it
cannot bear takes nothing else with it.

The Python that calls this needs the module uno, which comes with LibreOffice
(on Debian and Ubuntu, python3-uno, for /usr/bin/python3)."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue

AUTHOR = ("School", "Office")  # who makes tracked changes

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.UserProfile/Data"><prop oor:name="givenname" oor:op="fuse"><value>{}</value></prop></item>
<item oor:path="/org.openoffice.UserProfile/Data"><prop oor:name="sn" oor:op="fuse"><value>{}</value></prop></item>
</oor:items>
"""


def value(name, what):
    """Returns a named value, as UNO takes them."""
    v = PropertyValue()
    v.Name, v.Value = name, what
    return v


def url(path):
    return pathlib.Path(path).resolve().as_uri()


@contextlib.contextmanager
def desktop():
    """Yields a desktop and the context it lives in. Whatever happens, the
    process has ended afterwards, and its profile is gone, unless
    OFFICE_PROFILE names a folder to keep it in, which saves seconds."""
    folder = tempfile.mkdtemp(prefix="office-")
    profile = os.environ.get("OFFICE_PROFILE") or os.path.join(folder, "profile")
    user = os.path.join(profile, "user")
    if not os.path.exists(user):
        os.makedirs(user)
        with open(os.path.join(user, "registrymodifications.xcu"), "w", encoding="utf-8") as f:
            f.write(PROFILE.format(*AUTHOR))
    pipe = "policygen%d" % os.getpid()
    process = subprocess.Popen(
        ["soffice", "--headless", "--norestore", "--nologo",
         "-env:UserInstallation=" + url(profile), "--accept=pipe,name=%s;urp;" % pipe],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        context = connect(pipe, process)
        yield context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context), context
    finally:
        end(process)
        shutil.rmtree(folder, ignore_errors=True)


def connect(pipe, process):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        except Exception:
            if process.poll() is not None:
                sys.exit("office: soffice ended before it could be spoken to")
            time.sleep(0.1)
    sys.exit("office: soffice did not answer for half a minute")


def end(process):
    """Ends the process group of soffice, whose launcher is not the program."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 15)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()


def load(desk, path):
    """Opens a copy of the file at path without showing it: LibreOffice leaves a
    lock beside what it opens, and does not open what is locked."""
    folder = tempfile.mkdtemp(prefix="office-")
    copy = shutil.copy(path, folder)
    doc = desk.loadComponentFromURL(url(copy), "_blank", 0, (value("Hidden", True),))
    shutil.rmtree(folder, ignore_errors=True)
    if doc is None:
        sys.exit("office: %s could not be opened" % path)
    return doc


def save(doc, path):
    """Saves doc as a Word file."""
    doc.storeToURL(url(path), (value("FilterName", "MS Word 2007 XML"),))


def dispatch(doc, context, command):
    """Does what a menu's command would do where the cursor stands."""
    helper = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    helper.executeDispatch(doc.CurrentController.Frame, command, "", 0, ())
