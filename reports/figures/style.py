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

# Never colour alone: a series also has its own marker, and a dash pattern after the first eight.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)))

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
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "xtick.minor.visible": False,
    "ytick.minor.visible": False,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "lines.markeredgewidth": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
