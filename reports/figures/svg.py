"""matplotlib's SVG made fit for a page with a strict policy and many figures.

It comes with a style attribute on every element, which `style-src` with hashes blanks, with ids
that repeat from figure to figure, and with metadata. `clean` turns styles into shared classes,
colours into CSS variables, prefixes the ids that are used, and drops the rest. Half of the bytes
go on the way.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ElementTree
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import Mapping, Sequence

from .style import MARK_BOX, MARKS, VARIABLES

_NAMESPACE = re.compile(r"\{[^}]*\}")
_NUMBER = re.compile(r"-?\d+\.\d+")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PATH_SPACES = re.compile(r"\s*([A-Za-z])\s*")
_MARKED = re.compile(r"(series|legend)-(\d+)(-\d+)?$")
_CLASS = re.compile(r"\bz[0-9a-f]{8}\b")
# What draws nothing, or what the page decides for all figures at once. Nothing is drawn outside
# its axes, so there is nothing to clip.
_DROPPED_TAGS = {"metadata", "style", "title", "clipPath"}
_DROPPED_ATTRIBUTES = {"style", "id", "clip-path", "version"}
_DROPPED_DECLARATIONS = {"stroke-linejoin", "stroke-linecap", "font-family", ""}
_NUMERIC = {"d", "x", "y", "transform", "width", "height"}


@dataclass(frozen=True)
class Figure:
    """An SVG element as text, and the classes that it needs: name -> declarations."""

    markup: str
    classes: Mapping[str, str]


@dataclass
class _Node:
    """An element of the figure to come: only what is worth writing."""

    tag: str
    css: str
    attributes: dict[str, str]
    text: str
    children: list[_Node]


def _short(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.1f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _css(style: str) -> str:
    """A style attribute's declarations, in one spelling, without what the page decides."""
    kept = []
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in _DROPPED_DECLARATIONS:
            continue
        if name == "font":
            name, value = "font-size", value.split()[0]
        value = _COLOUR.sub(lambda m: _variable(m.group()), value)
        kept.append(f"{name}:{_NUMBER.sub(_short, value)}")
    return ";".join(sorted(kept))


def _variable(colour: str) -> str:
    return f"var(--{VARIABLES[colour]})" if colour in VARIABLES else colour


def _numeric(key: str, value: str) -> str:
    value = " ".join(_NUMBER.sub(_short, value).split())
    return _PATH_SPACES.sub(r"\1", value) if key == "d" else value


def _attributes(element: ElementTree.Element, uses: Counter[str]) -> dict[str, str]:
    made = {}
    identifier = element.get("id", "")
    if uses[identifier] > 1:
        made["id"] = identifier
    if identifier.startswith("series-"):
        made["data-s"] = identifier.split("-")[1]
    for key, value in element.attrib.items():
        key = _NAMESPACE.sub("", key)
        if key in _DROPPED_ATTRIBUTES or value.startswith("rotate(-0 "):
            continue
        made[key] = _numeric(key, value) if key in _NUMERIC else value
    return made


def _marked(node: _Node, identifier: str) -> None:
    """Gives the lines of a group named as style.marked does the mark of their series."""
    found = _MARKED.match(identifier)
    if found is None:
        return
    # A legend's line has its mark in the middle only.
    where = "marker" if found[1] == "series" else "marker-mid"
    for child in node.children:
        child.css += f";{where}:url(#k{int(found[2]) % len(MARKS)})"


def _flattened(node: _Node) -> _Node:
    """A group of one is that one, with the group's attributes."""
    if node.tag != "g" or node.css or len(node.children) != 1:
        return node
    (child,) = node.children
    if node.attributes.keys() & child.attributes.keys():
        return node
    child.attributes = node.attributes | child.attributes
    return child


def _visible(node: _Node) -> bool:
    if node.tag in ("g", "defs"):
        return bool(node.children)
    return node.tag != "path" or node.css != "fill:none"


class _Builder:
    """Turns the tree that matplotlib wrote into the one to write."""

    def __init__(self, root: ElementTree.Element) -> None:
        self.uses: Counter[str] = Counter()
        self.by_id: dict[str, ElementTree.Element] = {}
        for element in root.iter():
            self.by_id[element.get("id", "")] = element
            for key, value in element.attrib.items():
                if key.endswith("href"):
                    self.uses[value[1:]] += 1

    def build(self, element: ElementTree.Element) -> _Node | None:
        tag = _NAMESPACE.sub("", element.tag)
        if tag in _DROPPED_TAGS or self.uses[element.get("id", "")] == 1:
            return None
        css = _css(element.get("style", ""))
        attributes = _attributes(element, self.uses)
        if tag == "use" and self.uses[attributes["href"][1:]] == 1:
            return self.in_place(attributes, css)
        children = [made for child in element if (made := self.build(child))]
        node = _Node(tag, css, attributes, (element.text or "").strip(), children)
        _marked(node, element.get("id", ""))
        return _flattened(node) if _visible(node) else None

    def in_place(self, attributes: dict[str, str], css: str) -> _Node:
        """What is used once needs no definition: it is drawn where it is used."""
        shape = self.by_id[attributes["href"][1:]]
        move = f"translate({attributes.get('x', 0)} {attributes.get('y', 0)})"
        made = {"d": _numeric("d", shape.get("d", "")), "transform": move}
        return _Node("path", css or _css(shape.get("style", "")), made, "", [])


def _hoist(node: _Node) -> None:
    """A style that all children share is said once, on their group."""
    for child in node.children:
        _hoist(child)
    drawn = [child for child in node.children if child.tag != "defs"]
    styles = {child.css for child in drawn}
    if node.tag == "g" and len(drawn) > 1 and len(styles) == 1 and not node.css:
        node.css = styles.pop()
        for child in drawn:
            child.css = ""


class _Writer:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.names: dict[str, str] = {}
        self.classes: dict[str, str] = {}

    def name(self, identifier: str) -> str:
        return self.names.setdefault(identifier, f"{self.prefix}{len(self.names)}")

    def start(self, node: _Node) -> str:
        made = ""
        if node.css:
            # The same declarations have the same class in every figure and every process.
            name = f"z{zlib.crc32(node.css.encode()):08x}"
            self.classes[name] = node.css
            made = f" class={name}"
        for key, value in node.attributes.items():
            if key == "id":
                value = self.name(value)
            elif key == "href":
                value = "#" + self.name(value[1:])
            made += f' {key}="{html.escape(value)}"'
        return f"<{node.tag}{made}"

    def write(self, node: _Node) -> str:
        inside = html.escape(node.text, quote=False) + "".join(
            self.write(child) for child in node.children
        )
        if node.tag == "g" and not node.css and not node.attributes:
            return inside
        start = self.start(node)
        return f"{start}>{inside}</{node.tag}>" if inside else f"{start}/>"


def clean(text: str, prefix: str, title: str, kind: str = "") -> Figure:
    """`text` as matplotlib wrote it -> an element for the page. `prefix` is unique on the page."""
    root = ElementTree.fromstring(text)
    builder, writer = _Builder(root), _Writer(prefix)
    body = ""
    for child in root:
        node = builder.build(child)
        if node:
            _hoist(node)
            body += writer.write(node)
    box = _NUMBER.sub(_short, root.get("viewBox", ""))
    markup = (
        f'<svg class="figure {kind}" viewBox="{box}" role="img" aria-label="{html.escape(title)}">'
        f"{body}</svg>"
    )
    return Figure(markup, writer.classes)


def mark_definitions() -> str:
    """The marks of the series, for all figures of a page: stands on it once."""
    middle = MARK_BOX // 2
    marks = "".join(
        f'<marker id="k{i}" markerUnits="userSpaceOnUse" overflow="visible" refX="{middle}" '
        f'refY="{middle}"><path class="k{i}" d="{path}"/></marker>'
        for i, path in enumerate(MARKS)
    )
    return f'<svg class="marks" width="0" height="0" aria-hidden="true"><defs>{marks}</defs></svg>'


def mark_sheet() -> str:
    """The same marks as style: .kN is one in a figure, .sN puts one before a table's row."""
    return "\n".join(
        f".k{i}{{fill:var(--s{i})}}"
        f'.s{i}::before{{background:var(--s{i});clip-path:path("{path}")}}'
        for i, path in enumerate(MARKS)
    )


def share_classes(figures: Sequence[Figure]) -> tuple[list[str], str]:
    """The figures' markup with short class names, and the style sheet for all of them."""
    found: dict[str, str] = {}
    for figure in figures:
        for name, css in figure.classes.items():
            assert found.setdefault(name, css) == css, "two styles have one checksum"
    short = {name: f"z{i}" for i, name in enumerate(found)}
    sheet = "\n".join(f".{short[name]}{{{css}}}" for name, css in found.items())
    markups = [
        _CLASS.sub(lambda m: short.get(m.group(), m.group()), figure.markup) for figure in figures
    ]
    return markups, sheet
