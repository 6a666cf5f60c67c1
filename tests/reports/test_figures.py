"""Figures: what is drawn, and what matplotlib's SVG is made of afterwards."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
import signal
import xml.etree.ElementTree as ElementTree
from typing import Any

import matplotlib
import pytest

from reports import document, plots, tables
from reports.figures import curves, pool, struct, style, svg, ticks, topology

from . import fixtures


def curves_of(made: dict[str, Any], name: str) -> Any:
    parsed = document.parse(json.dumps(made).encode(), "a.json")
    benchmark = next(b for b in parsed.benchmarks if b.id == name)
    mode, scope = tables.scopes(benchmark, [parsed])[0]
    return plots.all_curves(scope, mode)[0]


def test_edges_are_those_of_this_machine_advertised_and_measured() -> None:
    edges = curves_of(fixtures.few(), "boxing/sum").edges
    assert [(e.label, e.measured) for e in edges] == [
        ("L1 48 KiB", True),
        ("L2 1 MiB", True),
        ("L3 measured 4 MiB", True),
        ("L3 32 MiB", False),
    ]


def test_labels_of_edges_that_are_near_lie_on_no_other_and_inside_the_figure() -> None:
    mib = 1 << 20
    near = [
        curves.Edge("L1 48 KiB", 48 << 10, True),
        curves.Edge("L2 1 MiB", mib, False),
        curves.Edge("L2 measured 1.19 MiB", int(1.19 * mib), True),
        curves.Edge("L3 measured 4.76 MiB", int(4.76 * mib), True),
        curves.Edge("L3 16 MiB", 16 * mib, False),
    ]
    made = curves_of(fixtures.few(), "boxing/sum")
    with matplotlib.rc_context(style.RC):
        figure = curves.draw(dataclasses.replace(made, edges=near))
    labels = {e.label for e in near}
    texts = [t for axes in figure.axes for t in axes.texts if t.get_text() in labels]
    assert len(texts) == len(near)
    boxes = [t.get_window_extent() for t in texts]
    assert all(box.y1 <= figure.bbox.y1 for box in boxes)
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_what_was_not_counted_breaks_the_line_and_is_not_zero() -> None:
    misses = curves_of(fixtures.few(), "boxing/sum").misses
    assert [m.source for m in misses] == ["simulated", "simulated"]
    values = misses[0].series[0].medians
    assert [math.isnan(v) for v in values] == [True, False, True, False, True]


def test_hardware_counts_come_before_simulated_ones() -> None:
    assert [m.source for m in curves_of(fixtures.with_pmu(), "boxing/sum").misses] == [
        "hardware",
        "hardware",
    ]


def test_an_svg_has_no_style_attribute_and_colours_are_the_pages() -> None:
    figure = pool.draw(pool.Job("f7-", curves_of(fixtures.few(), "boxing/sum")))
    root = ElementTree.fromstring(re.sub(r"class=(z\w+)", r'class="\1"', figure.markup))
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert all(name.startswith("f7-") for name in ids) and len(ids) == len(set(ids))
    assert not any(e.get("style") for e in root.iter())
    assert not any("metadata" in e.tag or "style" in e.tag for e in root.iter())
    sheet = str(figure.classes)
    assert "var(--s0)" in sheet and not re.search(r"#[0-9a-f]{6}", sheet)
    texts = [e.text for e in root.iter() if e.text]
    assert "16 MiB" in texts and any("boxed_shuffled" in t for t in texts)


def test_names_are_escaped_and_a_dollar_is_a_dollar() -> None:
    made = fixtures.few()
    made["benchmarks"][0]["variants"][1]["name"] = "_<b>$x^2$"
    for case in made["cases"]:
        if case["variant"] == "boxed_fresh":
            case["variant"] = "_<b>$x^2$"
    figure = pool.draw(pool.Job("f0-", curves_of(made, "boxing/sum")))
    assert "_&lt;b&gt;$x^2$" in figure.markup


def test_shared_classes_are_short_and_complete() -> None:
    figures = [
        pool.draw(pool.Job(f"f{i}-", curves_of(fixtures.few(), name)))
        for i, name in enumerate(("boxing/sum", "density/stride"))
    ]
    markups, sheet = svg.share_classes(figures)
    used = set(re.findall(r"class=(z\d+)", " ".join(markups)))
    assert used == set(re.findall(r"^\.(z\d+)\{", sheet, re.M))


def test_the_memory_of_several_nodes_is_drawn_once() -> None:
    made = document.parse(json.dumps(fixtures.arm()).encode(), "arm.json")
    memory = plots.topology(made).levels[0]
    assert (memory.text, memory.blocks) == ("24 GiB in 2 NUMA nodes", 1)


@pytest.mark.parametrize(
    "blocks, said", [(2, ["64 KiB"] * 2), (16, ["16 \u00d7 64 KiB"]), (64, ["64 \u00d7 64 KiB"])]
)
def test_what_stands_in_blocks_is_said_in_each_or_once_and_never_both(
    blocks: int, said: list[str]
) -> None:
    figure = topology.draw(topology.Topology("t", [topology.Level("L1d", "64 KiB", blocks)]))
    assert [text.get_text() for text in figure.axes[0].texts] == ["L1d", *said]


def test_whole_numbers_written_as_fractions_are_drawn() -> None:
    made = fixtures.changed(fixtures.few(), "machine.cpu.logical_cpus", 2.0)
    made["machine"]["caches"][-1]["shared_by_cpus"] = 2.0
    machine = plots.topology(document.parse(json.dumps(made).encode(), "a.json"))
    assert pool.draw(pool.Job("f0-", machine)).markup
    layout = made["struct_layouts"][0]
    layout["size_bytes"] = float(layout["size_bytes"])
    for member in layout["members"]:
        member.update({key: float(member[key]) for key in ("offset_bytes", "size_bytes")})
    assert pool.draw(pool.Job("f0-", plots.struct(layout))).markup


def test_figures_whose_process_was_killed_are_drawn_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parent, draw = os.getpid(), topology.draw

    def killed(data: Any) -> Any:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return draw(data)

    monkeypatch.setitem(pool._DRAW, topology.Topology, killed)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    levels = [topology.Level("CPUs", "CPU", 2)]
    jobs = [pool.Job(f"f{i}-", topology.Topology(f"machine {i}", levels)) for i in range(8)]
    made = pool.Drawing(jobs)
    assert made.pool is not None
    assert [f"machine {i}" in figure.markup for i, figure in enumerate(made.figures())] == [
        True
    ] * 8


def test_holes_are_what_no_member_covers() -> None:
    drawn = struct.Struct("s", 24, [struct.Member("a", 0, 1), struct.Member("b", 8, 8)])
    assert [(h.offset, h.size) for h in drawn.holes] == [(1, 7), (16, 8)]


def test_a_member_across_lines_is_drawn_in_pieces() -> None:
    assert struct.pieces(struct.Member("m", 60, 72)) == [(0, 60, 4), (1, 0, 64), (2, 0, 4)]


def test_ticks_are_round_and_few() -> None:
    assert ticks.logarithmic(0.3, 90) == [1, 3, 10, 30] or len(ticks.logarithmic(0.3, 90)) <= 5
    assert ticks.linear(1.13, 3) == [0, 0.5, 1.0]
    assert ticks.linear(0) == [0.0]
