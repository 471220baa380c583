"""The form of JUnit XML that Jenkins' xUnit plugin states (junit-10.xsd), as far as we use it, strictly."""

from xml.etree import ElementTree as Xml

ATTRIBUTES: dict[str, tuple[set[str], set[str]]] = {  # required, allowed besides
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "id", "package", "file", "url", "time"}),
    "testcase": ({"name"}, {"classname", "time", "group"}),
    "failure": (set(), {"type", "message"}),
    "system-out": (set(), set()),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "system-out"},
    "failure": set(),
    "system-out": set(),
}
COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error"}


def checked(text: str) -> Xml.Element:
    """The root of a document in this form; raises `AssertionError` for any other."""
    root = Xml.fromstring(text.encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        required, optional = ATTRIBUTES[element.tag]
        assert required <= set(element.attrib) <= required | optional, element.attrib
        assert {child.tag for child in element} <= CHILDREN[element.tag], element.tag
        for name, tag in COUNTED.items():
            if name in element.attrib:
                assert int(element.attrib[name]) == len(list(element.iter(tag))), (element.attrib, name)
    names = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)
    return root
