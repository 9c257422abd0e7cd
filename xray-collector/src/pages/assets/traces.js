// Dragging over a chart chooses a stretch of it.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  let drag = null;
  const place = (event) => {
    const box = drag.chart.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.9999);
  };
  const stretch = (to) => [Math.floor(Math.min(drag.from, to) * drag.columns), Math.ceil(Math.max(drag.from, to) * drag.columns)];
  const end = () => {
    drag?.brush?.remove();
    drag?.region?.removeAttribute("data-held");
    drag = null;
  };
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.("svg[data-edges]")) event.preventDefault(); });
  document.addEventListener("pointerdown", (event) => {
    const chart = event.target.closest?.("svg[data-edges]");
    if (!chart || event.button !== 0) return;
    const edges = chart.dataset.edges.split(" ");
    drag = { chart, edges, columns: edges.length - 1, region: chart.closest("[data-live]"), brush: null, from: 0 };
    drag.from = place(event);
    // Not exchanged by live updates meanwhile.
    drag.region?.setAttribute("data-held", "");
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const to = place(event);
    if (!drag.brush) {
      if (Math.abs(to - drag.from) * drag.columns < 0.6) return;
      drag.brush = document.createElementNS(SVG, "rect");
      drag.brush.setAttribute("class", "brush");
      drag.brush.setAttribute("y", "0");
      drag.brush.setAttribute("height", chart_height(drag.chart));
      drag.chart.append(drag.brush);
    }
    const [low, high] = stretch(to);
    drag.brush.setAttribute("x", `${(low / drag.columns) * 100}%`);
    drag.brush.setAttribute("width", `${((high - low) / drag.columns) * 100}%`);
  });
  const chart_height = (chart) => chart.querySelector("line.axis")?.getAttribute("y1") ?? "84";
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { chart, edges, columns, brush } = drag;
    const [low, high] = stretch(place(event));
    end();
    if (!brush) return;
    const names = chart.dataset.names.split(" ");
    const address = new URL(location.href);
    address.searchParams.delete("page");
    if (names[0] === "from") address.searchParams.set("range", "custom");
    address.searchParams.set(names[0], edges[low]);
    address.searchParams.set(names[1], edges[Math.min(high, columns)]);
    // The click that follows must not open the column under the pointer.
    const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => { removeEventListener("click", swallow, { capture: true }); location.href = address.href; }, 0);
  });
  document.addEventListener("pointercancel", end);
})();
