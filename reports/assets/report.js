"use strict";
// The page works without this. With it, tables sort and filter, and the URL remembers how;
// rows light up their curve; samples are drawn on request; downloads come unpacked.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const tables = all("table.cases");
  const tools = document.getElementById("tools");

  // ---- State: lives in the URL's query, so that a link shows what its sender saw.
  const state = new URLSearchParams(location.search);
  const remember = () => {
    const query = state.toString();
    try {
      history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash);
    } catch { /* an embedding page may forbid it: then the state is only not remembered */ }
  };

  // ---- Sorting
  const UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };
  const number = (text) => {
    const found = /^([-+]?[\d.]+(?:e[-+]?\d+)?)(?: (B|KiB|MiB|GiB|TiB)\b)?/.exec(text.trim());
    return found ? Number(found[1]) * (UNITS[found[2]] ?? 1) : NaN;
  };
  const cellText = (row, index) => row.cells[index]?.textContent ?? "";
  const layout = (row) => row.cells[0].firstChild.data.trim(); // without "reference" and notes
  const compare = (index, sign) => (a, b) => {
    if (index === 0) return sign * layout(a).localeCompare(layout(b));
    const [x, y] = [number(cellText(a, index)), number(cellText(b, index))];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
    return sign * (x - y);
  };
  const sortTable = (table, index, direction) => {
    const body = table.tBodies[0];
    const rows = [...table.original];
    if (direction) rows.sort(compare(index, direction === "down" ? -1 : 1));
    body.append(...rows);
    table.classList.toggle("sorted", Boolean(direction));
    for (const heading of table.headings) heading.removeAttribute("aria-sort");
    if (direction) {
      const word = direction === "down" ? "descending" : "ascending";
      table.headings[index].setAttribute("aria-sort", word);
    }
  };
  const NEXT = { "": "up", up: "down", down: "" };
  const onSort = (table, index) => {
    const name = "sort:" + table.id.replace(/:table$/, "");
    const [old, way] = (state.get(name) ?? ".").split(".");
    const next = Number(old) === index && old !== "" ? NEXT[way] : "up";
    if (next) state.set(name, `${index}.${next}`);
    else state.delete(name);
    sortTable(table, index, next);
    remember();
  };
  const makeSortable = (table) => {
    table.original = [...table.tBodies[0].rows];
    const [upper, lower] = table.tHead.rows;
    const [layout, point] = upper.cells;
    table.headings = [layout, point, ...lower.cells];
    table.headings.forEach((heading, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.title = "Sort by this column";
      button.addEventListener("click", () => onSort(table, index));
      heading.append(button);
    });
    const [index, way] = (state.get("sort:" + table.id.replace(/:table$/, "")) ?? "").split(".");
    if (way in NEXT && table.headings[index]) sortTable(table, Number(index), way);
  };

  // ---- Filtering
  const show = (element, wanted) => { element.hidden = !wanted; return wanted; };
  const rowWanted = (row, find, differs) =>
    (!find || (decodeURIComponent(row.id) + " " + row.textContent).toLowerCase().includes(find))
    && (!differs || "d" in row.dataset || row.querySelector("td.ref"));
  const filterTable = (table, find, differs) => {
    let rows = table.original.filter((row) => show(row, rowWanted(row, find, differs)));
    if (differs && !rows.some((row) => "d" in row.dataset)) rows = [];
    show(table.closest(".mode"), rows.length > 0);
    return rows.length;
  };
  const filter = () => {
    const family = state.get("family") ?? "";
    const find = (state.get("find") ?? "").toLowerCase();
    const differs = state.has("differs");
    let shown = 0;
    for (const section of all("section.family")) {
      let inFamily = 0;
      if (!family || section.dataset.family === family) {
        for (const benchmark of all(".benchmark", section)) {
          const counts = all("table.cases", benchmark).map((t) => filterTable(t, find, differs));
          const rows = counts.reduce((a, b) => a + b, 0);
          show(benchmark, rows > 0 || !(find || differs));
          inFamily += rows;
        }
      }
      shown += inFamily;
      show(section, !family || section.dataset.family === family);
    }
    const total = tables.reduce((sum, table) => sum + table.original.length, 0);
    tools.elements.shown.value = shown === total ? `${total} rows` : `${shown} of ${total} rows`;
  };
  const readTools = () => {
    const { family, find, differs } = tools.elements;
    for (const [name, value] of [["family", family.value], ["find", find.value.trim()],
      ["differs", differs.checked ? "1" : ""]]) {
      if (value) state.set(name, value);
      else state.delete(name);
    }
    remember();
    filter();
  };
  const setUpTools = () => {
    tools.elements.family.value = state.get("family") ?? "";
    tools.elements.find.value = state.get("find") ?? "";
    tools.elements.differs.checked = state.has("differs");
    tools.addEventListener("input", readTools);
    tools.addEventListener("submit", (event) => event.preventDefault());
    tools.addEventListener("reset", () => setTimeout(readTools));
    tools.hidden = false;
    filter();
  };

  // ---- A dash says why when it is pointed at, too
  const nameDashes = (table) => {
    const legend = table.closest(".scroll").nextElementSibling;
    if (!legend?.classList.contains("why")) return;
    const reasons = new Map(all("span[data-r]", legend).map((s) => [s.dataset.r, s.lastChild.data]));
    for (const mark of all("td > sup", table)) {
      mark.parentElement.title = (reasons.get(mark.textContent) ?? "").trim();
    }
  };

  // ---- A row that is pointed at lights up its curve
  const linkCurves = (mode) => {
    const figures = all(".curves", mode);
    const light = (series) => {
      for (const figure of figures) {
        figure.classList.toggle("lit", series !== null);
        for (const curve of all("[data-s]", figure)) {
          curve.classList.toggle("on", curve.dataset.s === series);
        }
      }
    };
    for (const row of all("tr[data-s]", mode)) {
      row.addEventListener("pointerenter", () => light(row.dataset.s));
      row.addEventListener("pointerleave", () => light(null));
    }
  };

  // ---- The distribution of any case, on request
  const svg = (tag, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const histogram = (row) => {
    const heights = [...row.dataset.h].map((digit) => parseInt(digit, 36));
    const cells = [...row.cells];
    const [least, most] = [cells.at(-5).textContent, cells.at(-1).textContent];
    const bars = heights.map((height, i) =>
      `M${i * 16 + 1} 110v${-height * 2.8}h14v${height * 2.8}z`).join("");
    return svg("svg", { class: "histogram", viewBox: "0 0 384 130", role: "img",
      "aria-label": `Distribution of the samples from ${least} to ${most} ns per op` },
      svg("path", { class: "bars", d: bars }), svg("path", { class: "base", d: "M0 110H384" }),
      svg("text", { x: 0, y: 126 }, least), svg("text", { x: 384, y: 126, "text-anchor": "end" }, most),
      svg("text", { x: 192, y: 126, "text-anchor": "middle" }, "ns per op"));
  };
  const toggleHistogram = (row, button) => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      row.nextElementSibling.remove();
      return;
    }
    const below = document.createElement("tr");
    const cell = document.createElement("td");
    cell.colSpan = row.cells.length;
    cell.className = "text";
    cell.append(histogram(row));
    below.append(cell);
    row.after(below);
  };
  const histogramButton = (row) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "draw";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `Draw the samples of ${row.cells[0].textContent}`);
    button.addEventListener("click", () => toggleHistogram(row, button));
    return button;
  };
  const setUpSamples = () => {
    const anchors = new Map(tables.flatMap((t) => t.original).map((r) => [decodeURIComponent(r.id), r.id]));
    for (const row of all("table.samples tbody tr")) {
      const name = row.cells[0].textContent;
      const link = document.createElement("a");
      link.href = "#" + anchors.get(name);
      link.textContent = name;
      row.cells[0].replaceChildren(link);
      if (row.dataset.h) row.cells[0].append(" ", histogramButton(row));
    }
  };

  // ---- Downloads, unpacked where the browser can
  const unpack = async (link, event) => {
    if (link.href.startsWith("blob:") || !("DecompressionStream" in window)) return;
    event.preventDefault();
    const bytes = Uint8Array.from(atob(link.href.split(",")[1]), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const blob = await new Response(stream, { headers: { "Content-Type": link.dataset.type } }).blob();
    link.href = URL.createObjectURL(blob);
    link.download = link.dataset.name;
    link.click();
  };

  // ---- Neither filters nor closed details hide anything from a link, nor the latter from paper
  const fragment = () => {
    const raw = location.hash.slice(1);
    if (document.getElementById(raw)) return raw;
    try { return decodeURIComponent(raw); } catch { return raw; }
  };
  const openTarget = () => {
    const target = document.getElementById(fragment());
    if (tools && target?.closest("[hidden]")) {
      tools.reset();
      readTools();
    }
    for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    target?.scrollIntoView();
  };

  tables.forEach(makeSortable);
  tables.forEach(nameDashes);
  all(".mode").forEach(linkCurves);
  if (tools) setUpTools();
  document.getElementById("samples")?.addEventListener("toggle", setUpSamples, { once: true });
  for (const link of all("#downloads a")) link.addEventListener("click", (e) => unpack(link, e));
  addEventListener("hashchange", openTarget);
  addEventListener("click", (event) => { // followed again, a link changes no hash
    if (event.target.closest("a[href^='#']")?.hash === location.hash) openTarget();
  });
  addEventListener("beforeprint", () => all("details:not(#samples)").forEach((d) => { d.open = true; }));
  if (location.hash) openTarget();
})();
