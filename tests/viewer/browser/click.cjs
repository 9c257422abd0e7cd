// Looks at the viewer with a real browser: opens each page in both themes, wide and narrow, with and without JavaScript, and clicks through.
// Fails at the first thing that is not as it should be. Run by tests/browser.rs, which says in the environment where everything is.
"use strict";

const assert = require("node:assert/strict");
const dgram = require("node:dgram");
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const { VIEWER, CHROMIUM, SCREENSHOTS, TRACES } = process.env;
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const traces = JSON.parse(TRACES);

const encoded = encodeURIComponent;
// Every page, and the status it has. New pages are added here.
const PAGES = [
  { name: "map", path: "/" },
  { name: "traces", path: "/traces" },
  { name: "traces-sorted", path: "/traces?sort=response&order=desc&min=20&max=400" },
  { name: "traces-filtered", path: `/traces?filter=${encoded('fault AND service("checkout")')}&range=1h` },
  { name: "traces-wrong-filter", path: `/traces?filter=${encoded("duration => 5")}&range=7d` },
  { name: "traces-none", path: `/traces?filter=${encoded('service("nobody")')}` },
  { name: "timeline", path: `/traces/${traces.failed}` },
  { name: "timeline-details", path: `/traces/${traces.failed}?segment=${traces.segment}` },
  { name: "timeline-zoomed", path: `/traces/${traces.failed}?zoom_from=10&zoom_to=40&depth=2` },
  { name: "timeline-big", path: `/traces/${traces.big}` },
  { name: "timeline-hostile", path: `/traces/${traces.hostile}?segment=00000000000000aa` },
  { name: "timeline-missing", path: "/traces/1-00000000-000000000000000000000000", status: 404 },
  { name: "timeline-alone", path: `/traces/${traces.alone}` },
  { name: "documents", path: `/traces/${traces.failed}/raw` },
  { name: "logs", path: `/traces/${traces.failed}/logs` },
  { name: "analytics", path: "/analytics" },
  { name: "analytics-compared", path: `/analytics?filter=${encoded('service("checkout")')}&with=${encoded("fault")}` },
  { name: "map-chosen", path: "/map?node=checkout&type=AWS%3A%3AEC2%3A%3AInstance" },
  { name: "errors", path: "/errors" },
  { name: "metrics", path: "/metrics" },
  { name: "health", path: "/health" },
];
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 400, height: 860 } };

const problems = [];
const told = (where, what) => problems.push(`${where}: ${what}`);

async function context(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(20_000);
  return context;
}

// What a browser complains about: scripts that fail, addresses that lead nowhere, what the security policy forbids.
function listen(page, where, isExpected = () => false) {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isExpected(message)) told(where(), `console: ${message.text()}`);
  });
  page.on("pageerror", (error) => told(where(), `script: ${error.message}`));
  page.on("response", (response) => { if (response.status() >= 400 && !isExpected(response)) told(where(), `${response.status()} for ${response.url()}`); });
}

async function look(browser, colorScheme, size, { javaScriptEnabled = true, isChecked = false } = {}) {
  const suffix = `${colorScheme}-${size}${javaScriptEnabled ? "" : "-noscript"}`;
  const tab = await context(browser, { viewport: SIZES[size], colorScheme, javaScriptEnabled, locale: "en-GB", timezoneId: "Europe/Berlin" });
  const page = await tab.newPage();
  let current = PAGES[0];
  listen(page, () => `${current.name}-${suffix}`, (event) => Boolean(current.status) && (event.url?.() ?? event.location().url).endsWith(current.path));
  for (current of PAGES) {
    const where = `${current.name}-${suffix}`;
    const answer = await page.goto(VIEWER + current.path, { waitUntil: "load" });
    if (answer.status() !== (current.status ?? 200)) told(where, `status ${answer.status()}`);
    await page.screenshot({ path: path.join(SCREENSHOTS, `${where}.png`) });
    if ((await page.locator("h1").count()) !== 1) told(where, "not one h1");
    if (!javaScriptEnabled) continue;
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) told(where, `${overflow} px wider than the window`);
    if (!isChecked) continue;
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, help, nodes } of violations) {
      told(where, `accessibility: ${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.html.slice(0, 160)} ${node.failureSummary}`).join("\n    ")}`);
    }
  }
  await tab.close();
}

const send = (document) =>
  new Promise((resolve, reject) => {
    const socket = dgram.createSocket("udp4");
    const { hostname, port } = new URL(VIEWER);
    socket.send(`{"format":"json","version":1}\n${JSON.stringify(document)}`, Number(port), hostname, (error) => { socket.close(); if (error) reject(error); else resolve(); });
  });

const hex = (number, digits) => number.toString(16).padStart(digits, "0");
let sent = 0;
async function sendTrace(name) {
  sent += 1;
  const now = Date.now() / 1000;
  await send({ name, id: hex(sent, 16), trace_id: `1-${hex(Math.floor(now), 8)}-${hex(sent, 24)}`, start_time: now - 0.1, end_time: now });
}

// Until the viewer has it.
async function held(name) {
  const answer = async () => (await fetch(`${VIEWER}/traces?filter=${encoded(`service("${name}")`)}`)).text();
  for (const until = Date.now() + 20_000; !(await answer()).includes("data-key"); ) assert.ok(Date.now() < until, `${name} does not arrive`);
}

async function clickWithScript(browser) {
  const tab = await context(browser, { viewport: SIZES.wide, colorScheme: "light" });
  const page = await tab.newPage();
  listen(page, () => `clicking at ${page.url()}`);
  const url = () => new URL(page.url());

  // Map: a service, its calls, the traces behind them.
  await page.goto(`${VIEWER}/`);
  await page.locator("svg.map a.node").filter({ hasText: "checkout" }).first().click();
  await page.locator("#detail").getByRole("heading", { name: "checkout" }).waitFor();
  assert.equal(url().searchParams.get("node"), "checkout");
  await page.goto(`${VIEWER}/`);
  await page.locator("svg.map a.edge").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/traces?filter=**");
  await page.locator("table.traces tbody tr").first().waitFor();

  // List: keys, sorting, brushing.
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Traces" }).click();
  await page.goto(`${VIEWER}/traces`);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.equal(await page.locator("tr.here").count(), 1, "j marks a row");
  const second = await page.locator("tr.here").getAttribute("data-key");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/traces/${second}*`);
  await page.goBack();
  await page.keyboard.press("]");
  await page.waitForURL("**page=2");
  await page.keyboard.press("[");
  await page.waitForURL("**/traces");
  await page.getByRole("link", { name: "Response", exact: true }).click();
  await page.waitForURL("**sort=response**");
  const box = await page.locator("#how-long svg").boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL("**min=**");
  assert.ok(Number(url().searchParams.get("min")) < Number(url().searchParams.get("max")), "brushing chooses a stretch");

  // Errors: a kind, one of its traces; analytics: two filters side by side, a service; metrics: a service level.
  await page.getByRole("link", { name: "Errors", exact: true }).first().click();
  await page.waitForURL("**/errors");
  await page.getByRole("link", { name: "CheckoutError" }).first().click();
  await page.locator("main", { hasText: "order not placed" }).locator('a[href^="/traces/1-"]').first().click();
  await page.waitForURL("**/traces/1-**");
  await page.goto(`${VIEWER}/analytics`);
  await page.locator("#with").fill('service("checkout")');
  await page.getByRole("button", { name: "Compare" }).click();
  await page.waitForURL("**with=**");
  await page.locator("main", { hasText: "checkout" }).waitFor();
  await page.getByRole("link", { name: "Metrics", exact: true }).click();
  await page.waitForURL("**/metrics**");
  await page.getByRole("link", { name: "place order" }).first().waitFor();

  // Filter: the key, completion, an error with its place.
  await page.goto(`${VIEWER}/traces`);
  await page.keyboard.press("/");
  await page.keyboard.type("fau");
  await page.locator("#suggestions [role=option]").first().waitFor();
  await page.keyboard.press("Tab");
  assert.match(await page.locator("#filter").inputValue(), /^fault/);
  await page.keyboard.press("Escape");
  await page.locator("#filter").fill("fault");
  await page.locator("#filter").press("Enter");
  await page.waitForURL("**/traces?filter=fault");
  const badges = await page.locator("tbody .badge").allInnerTexts();
  assert.ok(badges.length > 0 && badges.every((badge) => badge.includes("5")), "only faults are listed");
  await page.locator("#filter").fill("duration => 5");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.locator("#problems .caret").waitFor();

  // Timeline: details without a new page, folding, zooming, going back.
  await page.goto(`${VIEWER}/traces/${traces.failed}`);
  await page.evaluate(() => { window.isSame = true; });
  await page.locator(`[data-key="${traces.segment}"] a.pick`).click();
  await page.locator("aside.details").waitFor();
  assert.match(await page.locator("aside.details").innerText(), /CheckoutError[\s\S]*caused by payments::Declined[\s\S]*src\/payments\.rs:61/);
  assert.equal(url().searchParams.get("segment"), traces.segment);
  const rows = await page.locator(".waterfall tbody tr").count();
  await page.getByRole("link", { name: "Fold storefront" }).click();
  await page.waitForFunction((rows) => document.querySelectorAll(".waterfall tbody tr").length < rows, rows);
  assert.equal(await page.evaluate(() => window.isSame), true, "no new page was loaded");
  await page.goBack();
  await page.waitForFunction((rows) => document.querySelectorAll(".waterfall tbody tr").length === rows, rows);
  await page.locator("aside.details").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("aside.details").waitFor({ state: "detached" });
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.waitForFunction((rows) => document.querySelectorAll(".waterfall tbody tr").length < rows, rows);
  await page.keyboard.press("x");
  await page.waitForFunction((rows) => document.querySelectorAll(".waterfall tbody tr").length === rows, rows);
  const map = await page.locator(".overview").boundingBox();
  await page.mouse.move(map.x + map.width * 0.5, map.y + 8);
  await page.mouse.down();
  await page.mouse.move(map.x + map.width * 0.8, map.y + 8, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL("**zoom_from=**");

  // Live updates: what arrives is shown, and nothing is asked for while they are paused.
  await page.goto(`${VIEWER}/traces`);
  const count = async () => Number((await page.locator("#count").innerText()).replace(/\D/g, ""));
  const before = await count();
  await sendTrace("newcomer");
  await page.getByText("newcomer").first().waitFor();
  assert.equal(await count(), before + 1);
  assert.match(await page.locator("tr.fresh").first().innerText(), /newcomer/, "what is new is marked");
  await page.locator("#live").click();
  await page.locator("#live[aria-pressed=false]").waitFor();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await sendTrace("latecomer");
  await held("latecomer");
  assert.equal(await page.getByText("latecomer").count(), 0, "paused");
  assert.deepEqual(asked, [], "paused");
  await page.locator("#live").click();
  await page.getByText("latecomer").first().waitFor();

  // Help and theme.
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#theme button").click();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  await page.waitForFunction(() => fetch("/health").then((answer) => answer.text()).then((text) => text.includes('data-theme="dark"')));
  await page.goto(`${VIEWER}/health`);
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark", "the theme stays");
  await tab.close();
}

async function clickWithoutScript(browser) {
  const tab = await context(browser, { viewport: SIZES.wide, javaScriptEnabled: false });
  const page = await tab.newPage();
  listen(page, () => `clicking without scripts at ${page.url()}`);
  await page.goto(`${VIEWER}/traces`);
  await page.locator("#filter").fill('fault AND service("storefront")');
  await page.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL("**filter=fault**");
  await page.getByRole("link", { name: "Response", exact: true }).click();
  await page.waitForURL("**sort=response**");
  await page.locator("#how-long input[name=min]").fill("1");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL("**min=1**");
  assert.equal(await page.locator("#filter").inputValue(), 'fault AND service("storefront")', "the filter stays");
  await page.locator("tbody td.request a").first().click();
  await page.waitForURL("**/traces/1-**");
  await page.locator(".waterfall a.pick").nth(1).click();
  await page.locator("aside.details").waitFor();
  await page.getByRole("link", { name: "Fold storefront" }).click();
  await page.waitForURL("**fold=**");
  assert.equal(await page.locator(".waterfall tbody tr").count(), 1);
  await page.getByRole("link", { name: /^Documents/ }).click();
  await page.waitForURL("**/raw**");
  await page.locator("#theme button").click();
  await page.waitForURL("**/raw**");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  await tab.close();
}

async function main() {
  fs.rmSync(SCREENSHOTS, { recursive: true, force: true });
  fs.mkdirSync(SCREENSHOTS, { recursive: true });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  try {
    // Each theme and each size is looked at by axe once, with all pages.
    await Promise.all([look(browser, "light", "wide", { isChecked: true }), look(browser, "dark", "narrow", { isChecked: true })]);
    await Promise.all([look(browser, "light", "narrow"), look(browser, "dark", "wide"), look(browser, "light", "wide", { javaScriptEnabled: false })]);
    // One after the other: what one sends, the other would see.
    await clickWithScript(browser);
    await clickWithoutScript(browser);
  } finally {
    await browser.close();
  }
  if (problems.length) throw new Error(`${problems.length} problems:\n${[...new Set(problems)].join("\n")}`);
}

main().catch((error) => { console.error([...new Set([error.stack, ...problems])].join("\n")); process.exitCode = 1; });
