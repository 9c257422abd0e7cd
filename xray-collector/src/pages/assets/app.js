// What pages cannot do without a script: live updates, keys, completion, local times. Everything else is HTML.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;

  const reveal = (within = document) => all(".needs-script", within).forEach((element) => { element.hidden = false; });

  // Times in the reader's zone; how long ago goes on.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const pad = (number, digits = 2) => String(number).padStart(digits, "0");
  const clock = (date) => `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
  const day = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const ago = (seconds) =>
    seconds < 5 ? "just now" : seconds < 120 ? `${Math.floor(seconds)} s ago` : seconds < 7200 ? `${Math.floor(seconds / 60)} min ago`
      : seconds < 172800 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86400)} d ago`;
  const times = (within = document) => all("time[data-time]", within).forEach((element) => {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) return;
    const now = new Date();
    const kind = element.dataset.time;
    if (kind === "ago") { if (date <= now) element.textContent = ago((now - date) / 1000); }
    else if (kind === "short") element.textContent = (day(date) === day(now) ? "" : `${day(date).slice(5)} `) + clock(date);
    else element.textContent = `${day(date)} ${clock(date)} ${zone}`;
  });
  // Labels of charts over time keep their length: 18:40, 18:40:15 or 11-21 18:40.
  const axes = (within = document) => all('svg[data-names="from to"]', within).forEach((chart) => {
    const edges = chart.dataset.edges.split(" ");
    all("text[data-edge]", chart).forEach((label) => {
      const date = new Date(edges[label.dataset.edge]);
      const length = label.textContent.length;
      label.textContent = length > 8 ? `${day(date).slice(5)} ${clock(date).slice(0, 5)}` : clock(date).slice(0, length);
    });
    all("title", chart).forEach((title) => {
      title.textContent = title.textContent.replace(/(\d\d:\d\d:\d\d) UTC/g, (whole, time) => {
        const edge = edges.find((edge) => edge.slice(11, 19) === time);
        return edge ? clock(new Date(edge)).slice(0, 8) : whole;
      });
    });
  });

  // Live updates: asks only while it is looked at; exchanges what is marked.
  const live = one("#live");
  let turn = document.body.dataset.turn;
  let paused = false;
  let asking = null;
  const sleep = (millis) => new Promise((resolve) => { setTimeout(resolve, millis); });
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    turn = fresh.body.dataset.turn;
    const here = document.activeElement?.closest("[data-key]")?.dataset.key;
    const marked = one("tr.here")?.dataset.key;
    for (const old of all("[data-live][id]")) {
      const next = fresh.getElementById(old.id);
      // What somebody is working in stays until the next time.
      if (!next || next.innerHTML === old.dataset.shown || old.matches("[data-held]")) continue;
      const shown = next.innerHTML;
      const known = new Set(all("tr[data-key]", old).map((row) => row.dataset.key));
      if (known.size) all("tr[data-key]", next).filter((row) => !known.has(row.dataset.key)).forEach((row) => row.classList.add("fresh"));
      const folded = all("details", next);
      all("details", old).forEach((part, index) => { if (folded[index]) folded[index].open = part.open; });
      old.replaceWith(next);
      next.dataset.shown = shown;
      document.dispatchEvent(new CustomEvent("xray:fresh", { detail: next }));
    }
    if (marked) one(`tr[data-key="${CSS.escape(marked)}"]`)?.classList.add("here");
    if (here) one(`[data-key="${CSS.escape(here)}"] a`)?.focus({ preventScroll: true });
  };
  const watch = async () => {
    if (asking || paused || document.visibilityState !== "visible") return;
    const stop = new AbortController();
    asking = stop;
    let wait = 500;
    while (!stop.signal.aborted) {
      try {
        const answer = await fetch(`/live?turn=${turn}`, { signal: stop.signal });
        if (!answer.ok) throw new Error(answer.statusText);
        const current = (await answer.json()).turn;
        live?.classList.remove("off");
        wait = 500;
        if (current !== turn) {
          await refresh();
          await sleep(700);
        }
        times();
      } catch {
        if (stop.signal.aborted) break;
        live?.classList.add("off");
        await sleep(wait);
        wait = Math.min(wait * 2, 10000);
      }
    }
    if (asking === stop) asking = null;
  };
  const rest = () => { asking?.abort(); asking = null; };
  const pause = (stop) => {
    paused = stop;
    live.setAttribute("aria-pressed", String(!paused));
    one(".what", live).textContent = paused ? "Paused" : "Live";
    if (paused) rest(); else watch();
  };

  // Theme: the form does it; this only saves the reload.
  const themes = ["system", "dark", "light"];
  const theme = one("#theme");
  theme?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = one("button", theme);
    const chosen = button.value;
    fetch("/theme", { method: "POST", body: new URLSearchParams({ theme: chosen, back: "/favicon.ico" }) });
    root.dataset.theme = chosen;
    button.value = themes[(themes.indexOf(chosen) + 1) % themes.length];
    button.title = `Theme: ${chosen}. Change to ${button.value}`;
    one(".what", button).textContent = chosen;
  });

  // The scope bar: addresses without empty parameters; the fields of a custom range show when it is chosen.
  const scope = one("#scope");
  scope?.addEventListener("submit", () => {
    const isCustom = one("#range").value === "custom";
    for (const field of all("input[name], select[name]", scope)) {
      const useless = !field.value || (field.name === "range" && field.value === "all") || ((field.name === "from" || field.name === "to") && !isCustom);
      if (useless) field.disabled = true;
    }
  });
  addEventListener("pageshow", () => all("#scope :disabled").forEach((field) => { field.disabled = false; }));
  one("#range")?.addEventListener("change", (event) => {
    if (event.target.value === "custom") one(".custom").open = true; else scope.requestSubmit();
  });

  // Completion in the filter box.
  const filter = one("#filter");
  if (filter) {
    filter.removeAttribute("list");
    const list = document.createElement("div");
    list.id = "suggestions";
    list.className = "suggest";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Completions");
    list.hidden = true;
    filter.after(list);
    filter.setAttribute("role", "combobox");
    filter.setAttribute("aria-autocomplete", "list");
    filter.setAttribute("aria-controls", list.id);
    let offered = [];
    let chosen = -1;
    let asked = 0;
    const close = () => { list.hidden = true; chosen = -1; filter.setAttribute("aria-expanded", "false"); filter.removeAttribute("aria-activedescendant"); };
    const mark = () => all("[role=option]", list).forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === chosen));
      if (index === chosen) { option.scrollIntoView({ block: "nearest" }); filter.setAttribute("aria-activedescendant", option.id); }
    });
    const take = (index) => {
      const { from, to, text } = offered[index];
      const characters = [...filter.value];
      filter.value = characters.slice(0, from).join("") + text + characters.slice(to).join("");
      const end = (characters.slice(0, from).join("") + text).length;
      filter.setSelectionRange(end, end);
      close();
      offer();
    };
    const offer = async () => {
      const number = ++asked;
      const cursor = [...filter.value.slice(0, filter.selectionStart)].length;
      let answer;
      try { answer = await fetch(`/complete?${new URLSearchParams({ text: filter.value, cursor })}`); } catch { return close(); }
      if (!answer.ok || number !== asked) return close();
      offered = await answer.json();
      if (!offered.length || document.activeElement !== filter) return close();
      chosen = -1;
      list.replaceChildren(...offered.map((entry, index) => {
        const option = document.createElement("div");
        option.id = `suggestion-${index}`;
        option.setAttribute("role", "option");
        option.append(entry.text.trim());
        if (entry.what) { const what = document.createElement("small"); what.textContent = entry.what; option.append(what); }
        option.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
        return option;
      }));
      list.hidden = false;
      filter.setAttribute("aria-expanded", "true");
      mark();
    };
    filter.setAttribute("aria-expanded", "false");
    filter.addEventListener("input", offer);
    filter.addEventListener("blur", close);
    filter.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { if (list.hidden) filter.blur(); else close(); event.stopPropagation(); }
      else if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); offer(); }
      else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        event.preventDefault();
        chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + offered.length) % offered.length;
        mark();
      } else if (!list.hidden && (event.key === "Enter" && chosen >= 0 || event.key === "Tab")) {
        event.preventDefault();
        take(Math.max(chosen, 0));
      }
    });
  }

  // Keys.
  const move = (step) => {
    const rows = all("[data-key]").filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("here"));
    const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
    rows[at]?.classList.remove("here");
    next.classList.add("here");
    one("a", next)?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const help = one("#help");
  const showHelp = () => { if (help.open) help.close(); else help.showModal(); };
  let went = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const keys = {
      "/": () => { filter?.focus(); filter?.select(); },
      j: () => move(1),
      k: () => move(-1),
      p: () => { if (live) pause(!paused); },
      t: () => { if (theme && Date.now() - went > 900) theme.requestSubmit(); },
      x: () => one("tr.here a.toggle")?.click(),
      "[": () => one("a[rel=prev]")?.click(),
      "]": () => one("a[rel=next]")?.click(),
      "?": showHelp,
      g: () => { went = Date.now(); },
    };
    const places = { m: 0, t: 1, a: 2, e: 3, b: 4, h: 5 };
    if (Date.now() - went < 900 && event.key in places) { all(".top nav a")[places[event.key]]?.click(); return; }
    const action = keys[event.key];
    if (action) { event.preventDefault(); action(); }
  });
  one("#help-button")?.addEventListener("click", showHelp);
  live?.addEventListener("click", () => pause(!paused));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1200);
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") watch(); else rest(); });

  document.addEventListener("xray:fresh", (event) => { reveal(event.detail); times(event.detail); axes(event.detail); });
  reveal();
  times();
  axes();
  if (live) watch();
})();
