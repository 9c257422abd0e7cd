// Choosing a row shows its details without a new page; the address says so all the same.
"use strict";
(() => {
  const show = async (address, isNew) => {
    const answer = await fetch(address);
    if (!answer.ok) { location.href = address; return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const old = document.querySelector(".timeline");
    const next = fresh.querySelector(".timeline");
    if (!old || !next) { location.href = address; return; }
    if (isNew) history.pushState({}, "", address);
    const focused = document.activeElement?.closest("[data-key]")?.dataset.key;
    const marked = old.querySelector("tr.here")?.dataset.key;
    old.replaceWith(next);
    if (marked) next.querySelector(`tr[data-key="${CSS.escape(marked)}"]`)?.classList.add("here");
    document.body.dataset.turn = fresh.body.dataset.turn;
    document.dispatchEvent(new CustomEvent("xray:fresh", { detail: next }));
    if (focused) next.querySelector(`[data-key="${CSS.escape(focused)}"] a.pick`)?.focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.pick, a.toggle, a.close, .controls a, .waterfall .pages a");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href, true);
  });
  addEventListener("popstate", () => show(location.href, false));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) document.querySelector(".details .close")?.click();
  });
})();
