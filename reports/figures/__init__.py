"""The figures: one function a figure, matplotlib's SVG, colours from the page's variables."""
