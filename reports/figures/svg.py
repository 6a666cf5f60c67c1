"""matplotlib's SVG made fit for a page with a strict policy and many figures.

It comes with a style attribute on every element, which `style-src` with hashes blanks, with ids
that repeat from figure to figure, and with metadata. One function turns styles into shared
classes, colours into CSS variables, prefixes the ids that are used, and drops the rest.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import dataclass
from typing import Mapping

from markupsafe import escape

from .style import VARIABLES

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_NUMBER = re.compile(r"-?\d+\.\d+")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_DROPPED = {"metadata", "style", "title"}
_DROPPED_ATTRIBUTES = {"style", "id", "version", "width", "height", "xmlns"}
_LENGTHS = {"d", "x", "y", "transform", "points", "width", "height", "cx", "cy", "r"}


@dataclass(frozen=True)
class Figure:
    """An SVG element as text, and the classes that it needs: name -> declarations."""

    markup: str
    classes: Mapping[str, str]


def _short(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.1f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _css(style: str) -> str:
    """A style attribute's declarations, in one spelling, without what the page decides."""
    kept = []
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        if not name or name in ("stroke-linejoin", "stroke-linecap"):
            continue
        if name == "font":
            name, value = "font-size", value.split()[0]
        if name == "font-family":
            continue
        value = _COLOUR.sub(lambda m: _variable(m.group()), value)
        kept.append(f"{name}:{_NUMBER.sub(_short, value)}")
    return ";".join(sorted(kept))


def _variable(colour: str) -> str:
    return f"var(--{VARIABLES[colour]})" if colour in VARIABLES else colour


def class_name(css: str) -> str:
    """The same declarations have the same class in every figure and process."""
    return f"z{zlib.crc32(css.encode()):x}"


class _Writer:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.classes: dict[str, str] = {}
        self.parts: list[str] = []

    def name(self, identifier: str) -> str:
        return f"{self.prefix}{zlib.crc32(identifier.encode()) & 0xFFFFFF:x}"

    def attributes(self, element: ElementTree.Element, used: set[str]) -> str:
        classes, made = [], []
        css = _css(element.get("style", ""))
        if css:
            classes.append(class_name(css))
            self.classes[classes[-1]] = css
        identifier = element.get("id", "")
        if identifier in used:
            made.append(f'id="{self.name(identifier)}"')
        if identifier.startswith("series-"):
            made.append(f'data-s="{identifier.split("-")[1]}"')
        for key, value in element.attrib.items():
            key = key.replace(_XLINK, "")
            if key in _DROPPED_ATTRIBUTES - _LENGTHS or (key == "href" and not used):
                continue
            if element.tag == _SVG + "svg" and key in ("width", "height"):
                continue
            if key in _LENGTHS:
                value = " ".join(_NUMBER.sub(_short, value).split())
                value = value.replace("rotate(-0 ", "rotate(0 ")
            if key == "href":
                value = "#" + self.name(value[1:])
            value = _REFERENCE.sub(lambda m: f"url(#{self.name(m.group(1))})", value)
            made.append(f'{key}="{escape(value)}"')
        if classes:
            made.insert(0, f'class="{" ".join(classes)}"')
        return "".join(" " + attribute for attribute in made)

    def write(self, element: ElementTree.Element, used: set[str]) -> None:
        tag = element.tag.replace(_SVG, "")
        if tag in _DROPPED:
            return
        start = len(self.parts)
        attributes = self.attributes(element, used)
        for child in element:
            self.write(child, used)
        text = escape((element.text or "").strip())
        inside = len(self.parts) > start
        if tag in ("g", "defs") and not inside:
            return
        if tag == "g" and not attributes:  # a group without meaning
            return
        if inside or text:
            self.parts.insert(start, f"<{tag}{attributes}>{text}")
            self.parts.append(f"</{tag}>")
        else:
            self.parts.append(f"<{tag}{attributes}/>")


def _used_ids(root: ElementTree.Element) -> set[str]:
    used: set[str] = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key.endswith("href") and value.startswith("#"):
                used.add(value[1:])
            used.update(_REFERENCE.findall(value))
    return used


def clean(text: str, prefix: str, title: str, kind: str = "") -> Figure:
    """`text` as matplotlib wrote it -> an element for the page. `prefix` is unique on the page."""
    root = ElementTree.fromstring(text)
    writer = _Writer(prefix)
    used = _used_ids(root)
    for child in root:
        writer.write(child, used)
    box = _NUMBER.sub(_short, root.get("viewBox", ""))
    body = "".join(writer.parts)
    markup = (
        f'<svg class="figure {kind}" viewBox="{box}" role="img" aria-label="{escape(title)}">'
        f"{body}</svg>"
    )
    return Figure(markup, writer.classes)
