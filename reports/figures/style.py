"""The one style of all figures, and how its colours become the page's CSS variables.

matplotlib needs colours as numbers. The ones here are only names: svg.py turns each into the CSS
variable beside it, so the page decides what they look like, in light and in dark.
"""

from __future__ import annotations

SERIES_COUNT = 8
TEXT, MUTED, GRID, EDGE = "#010203", "#040506", "#070809", "#0a0b0c"
HOLE, FIELD, PANEL = "#0d0e0f", "#101112", "#131415"
SERIES = tuple(f"#5e{i:02x}01" for i in range(SERIES_COUNT))

VARIABLES = {
    TEXT: "fg",
    MUTED: "muted",
    GRID: "grid",
    EDGE: "edge",
    HOLE: "hole",
    FIELD: "field",
    PANEL: "panel",
} | {colour: f"s{i}" for i, colour in enumerate(SERIES)}

# Never colour alone: a series also has its own mark, and a dash pattern after the first eight.
# The marks lie in a box of 8 by 8; the page has each once, for its figures and its tables.
MARK_BOX = 8
MARKS = (
    "M4 1.4A2.6 2.6 0 1 1 4 6.6 2.6 2.6 0 1 1 4 1.4z",
    "M1.8 1.8H6.2V6.2H1.8z",
    "M4 1 6.8 6.2H1.2z",
    "M4 .8 7 4 4 7.2 1 4z",
    "M4 7 1.2 1.8H6.8z",
    "M3 1.2H5V3H6.8V5H5V6.8H3V5H1.2V3H3z",
    "M2.6 1.2 4 2.6 5.4 1.2 6.8 2.6 5.4 4 6.8 5.4 5.4 6.8 4 5.4 2.6 6.8 1.2 5.4 2.6 4 1.2 2.6z",
    "M4 .6 4.9 3H7.4L5.4 4.6 6.1 7 4 5.5 1.9 7 2.6 4.6 .6 3H3.1z",
)
DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)))
MODEL = {"linestyle": (0, (1, 2)), "linewidth": 1.1}


def marked(series: int, panel: int) -> str:
    """The id of a line that has its series' mark at each point."""
    return f"series-{series}-{panel}"


RC = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # names are text: a $ in one is a dollar
    "svg.hashsalt": "layoutbench",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": TEXT,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.visible": False,
    "ytick.minor.visible": False,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
