"""A struct as it lies in memory: a row a cache line, its members, and its holes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from . import style

LINE_BYTES = 64
MAX_LINES = 8
WIDTH_INCHES, _ROW_INCHES, _TOP, _LEFT = 7.4, 0.34, 0.22, 0.42
_CHARACTER_BYTES = 0.95  # how many of the 64 columns one character of a name takes


@dataclass(frozen=True)
class Member:
    name: str
    offset: int
    size: int


@dataclass(frozen=True)
class Struct:
    title: str
    size: int
    members: Sequence[Member]

    @property
    def holes(self) -> list[Member]:
        """The bytes that no member covers, padding at the end included."""
        found, at = [], 0
        for member in sorted(self.members, key=lambda m: m.offset):
            if member.offset > at:
                found.append(Member("", at, member.offset - at))
            at = max(at, member.offset + member.size)
        if self.size > at:
            found.append(Member("", at, self.size - at))
        return found


def pieces(member: Member) -> list[tuple[int, int, int]]:
    """(line, first column, columns) for each line that the member lies on."""
    made, at, end = [], member.offset, member.offset + member.size
    while at < end:
        line = at // LINE_BYTES
        stop = min(end, (line + 1) * LINE_BYTES)
        made.append((line, at % LINE_BYTES, stop - at))
        at = stop
    return made


def _draw_member(axes: Any, member: Member, lines: int, hole: bool) -> None:
    from matplotlib.patches import Rectangle

    for i, (line, column, width) in enumerate(pieces(member)):
        if line >= lines:
            return
        colour = "none" if hole else style.FIELD
        edge, dashes = (style.HOLE, (0, (2, 2))) if hole else (style.EDGE, "-")
        y = lines - 1 - line
        axes.add_patch(
            Rectangle(
                (column + 0.1, y + 0.08),
                width - 0.2,
                0.84,
                facecolor=colour,
                edgecolor=edge,
                linestyle=dashes,
                linewidth=1,
            )
        )
        text = f"{member.size} B hole" if hole else member.name
        if hole and len(text) * _CHARACTER_BYTES > width:
            text = str(member.size)
        if i == 0 and len(text) * _CHARACTER_BYTES <= width:
            colour = style.HOLE if hole else style.TEXT
            axes.text(column + width / 2, y + 0.5, text, ha="center", va="center", color=colour)


def draw(data: Struct) -> Any:
    from matplotlib.figure import Figure

    lines = min(MAX_LINES, max(1, -(-data.size // LINE_BYTES)))
    height = _TOP + lines * _ROW_INCHES
    figure = Figure(figsize=(WIDTH_INCHES, height))
    box = (_LEFT / WIDTH_INCHES, 0, 1 - _LEFT / WIDTH_INCHES, lines * _ROW_INCHES / height)
    axes = figure.add_axes(box)
    axes.set_xlim(0, LINE_BYTES)
    axes.set_ylim(0, lines)
    axes.axis("off")
    for line in range(lines):
        y = lines - 1 - line + 0.5
        axes.text(-0.6, y, str(line * LINE_BYTES), ha="right", va="center", color=style.MUTED)
    for column in range(0, LINE_BYTES, 8):
        axes.text(
            column + 0.1, lines + 0.12, f"+{column}", ha="left", color=style.MUTED, fontsize=7
        )
        axes.axvline(column, color=style.GRID, linewidth=0.6, zorder=0)
    for member in data.members:
        _draw_member(axes, member, lines, hole=False)
    for hole in data.holes:
        _draw_member(axes, hole, lines, hole=True)
    return figure
