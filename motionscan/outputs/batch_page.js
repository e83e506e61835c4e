"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const PER_PAGE = 50, EARLIER_S = 1;
const HUES = { rhythmic_jerking: "#d1730c", rhythmic_oscillation: "#8a4fbf", isolated_twitches: "#0b7fb5", irregular_jerks: "#c0392b", gross_movement: "#4c8c3f", indeterminate: "#7a7a7a" };
const at = (id) => document.getElementById(id);
const rows = data.rows.map((cells) => Object.fromEntries(data.columns.map((name, index) => [name, cells[index]])));
const words = (name) => (name === null ? "" : name.replaceAll("_", " "));
const number = (value, digits) => (value === null ? "" : value.toFixed(digits));
const gates = (names) => (names ?? "").split(" ").map((name) => words(name.replace(/_(s|hz|shanks|fraction)$/, ""))).join(", ");
const span = (row) => (row.start_s === null ? "" : `${number(row.start_s, 1)}–${number(row.end_s, 1)} s`);
const url = (...parts) => parts.map(encodeURIComponent).join("/");

const COLUMNS = [
  { title: "At the peak", cell: pictureCell },
  { title: "File", key: "file", kind: "file", cell: fileCell },
  { title: "Recorded", key: "recorded_at", cell: (row) => (row.recorded_at ?? "").replace("T", " ").slice(0, 16) },
  { title: "Side", key: "side", cell: (row) => row.side ?? "" },
  { title: "Region", key: "region", cell: (row) => words(row.region) },
  { title: "Pattern", key: "pattern", cell: patternCell },
  { title: "When", key: "start_s", kind: "number", cell: span },
  { title: "Hz", key: "frequency_hz", kind: "number rate", cell: rateCell },
  { title: "Interval spread", key: "interval_cv", kind: "number", cell: (row) => number(row.interval_cv, 2) },
  { title: "Events", key: "event_count", kind: "number", cell: (row) => row.event_count ?? "" },
  { title: "Per minute", key: "events_per_min", kind: "number", cell: (row) => number(row.events_per_min, 1) },
  { title: "In words", key: "sentence", kind: "sentence", cell: sentenceCell },
];
const shown = { sort: null, down: false, page: 0, pattern: "", rows };

function element(tag, content = [], attributes = {}) {
  const made = document.createElement(tag);
  made.append(...[content].flat());
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
function drawn(tag, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
function mark(pattern) {
  const made = element("span", [], { class: "mark" });
  made.style.setProperty("--hue", HUES[pattern] ?? "#7a7a7a");
  return made;
}

// ---------------------------------------------------------------- cells
function pictureCell(row) {
  if (!row.picture) return "";
  const picture = element("img", [], { src: url(...row.picture.split("/")), loading: "lazy", alt: `${words(row.pattern)}, ${words(row.region)}` });
  if (row.clip) picture.addEventListener("click", () => play(row));
  return picture;
}
function fileCell(row) {
  const notes = [];
  if (row.error !== null) notes.push(element("div", "failed", { class: "bad" }));
  if (row.same_as !== null) notes.push(element("div", `same as ${row.same_as}`, { class: "quiet" }));
  if (row.assessable === false) notes.push(element("div", `cannot be judged: ${gates(row.quality)}`, { class: "bad" }));
  return [row.file, ...notes, element("div", linksCell(row))];
}
function patternCell(row) {
  if (row.pattern === null) return "";
  const site = row.site === null ? "" : ` (${row.site})`;
  return [mark(row.pattern), words(row.pattern) + site];
}
function rateCell(row) {
  if (row.frequency_hz === null) return "";
  const slowing = row.slowing && row.frequency_start_hz !== null ? ` (${number(row.frequency_start_hz, 1)} to ${number(row.frequency_end_hz, 1)})` : "";
  return number(row.frequency_hz, 2) + slowing;
}
function sentenceCell(row) {
  return row.error === null ? row.sentence ?? "" : element("span", row.error, { class: "bad" });
}
function linksCell(row) {
  if (row.folder === null) return [];
  const links = [];
  if (row.clip) {
    const watch = element("button", "▶ clip", { type: "button" });
    watch.addEventListener("click", () => play(row));
    links.push(watch, " ");
  }
  links.push(element("a", "summary", { href: url(row.folder, "summary.json"), target: "_blank", rel: "noopener" }));
  return links;
}
function play(row) {
  const source = url(row.folder, "annotated.mp4"), video = at("video");
  at("playing").textContent = row.finding === null ? row.file : `${row.file}: ${words(row.pattern)}, ${words(row.region)}, ${span(row)}`;
  at("file").href = source;
  video.src = source;
  video.addEventListener("loadedmetadata", () => { video.currentTime = Math.max((row.peak_s ?? 0) - EARLIER_S, 0); }, { once: true });
  at("player").showModal();
  video.play().catch(() => undefined); // the person presses play where the browser wants that
}

// ---------------------------------------------------------------- which rows
const text = (row) => (row.text ??= [row.file, row.region, words(row.region), words(row.pattern), row.sentence, row.error, row.same_as, row.recorded_at].filter(Boolean).join("\n").toLowerCase());
const STATES = {
  "": () => true,
  found: (row) => row.finding !== null,
  none: (row) => row.finding === null && row.error === null && row.same_as === null,
  unjudged: (row) => row.assessable === false,
  failed: (row) => row.error !== null,
  same: (row) => row.same_as !== null,
};
function wanted(row) {
  const terms = at("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const side = at("side").value;
  return terms.every((term) => text(row).includes(term))
    && (!side || (side === "-" ? row.finding !== null && row.side === null : row.side === side))
    && STATES[at("state").value](row);
}
const collator = new Intl.Collator(undefined, { numeric: true });
function compare(one, other) {
  const a = one[shown.sort], b = other[shown.sort];
  if (a === null || b === null) return (a === null) - (b === null); // what is not known stands last, always
  const order = typeof a === "number" ? a - b : collator.compare(a, b);
  return shown.down ? -order : order;
}
function update() {
  const anyPattern = rows.filter(wanted);
  shown.rows = shown.pattern ? anyPattern.filter((row) => row.pattern === shown.pattern) : anyPattern;
  if (shown.sort) shown.rows = shown.rows.slice().sort(compare);
  shown.page = 0;
  drawCounts(anyPattern);
  drawDiary();
  drawTable();
}

// ---------------------------------------------------------------- what stands on the page
function drawHeads() {
  at("heads").replaceChildren(...COLUMNS.map((column) => {
    if (!column.key) return element("th", column.title, { scope: "col" });
    const active = shown.sort === column.key;
    const button = element("button", column.title + (active ? (shown.down ? " ▼" : " ▲") : ""), { type: "button", "data-key": column.key });
    button.addEventListener("click", () => {
      shown.down = active && !shown.down;
      shown.sort = column.key;
      update();
    });
    return element("th", button, { scope: "col", "aria-sort": active ? (shown.down ? "descending" : "ascending") : "none" });
  }));
}
function drawTable() {
  drawHeads();
  const first = shown.page * PER_PAGE, part = shown.rows.slice(first, first + PER_PAGE);
  at("rows").replaceChildren(...part.map((row) => element("tr", COLUMNS.map((column) => element("td", column.cell(row), { class: column.kind ?? "" })))));
  const last = first + part.length;
  at("where").textContent = part.length ? `${first + 1}–${last} of ${shown.rows.length} rows` : "no rows";
  at("before").disabled = shown.page === 0;
  at("after").disabled = last >= shown.rows.length;
}
function drawCounts(among) {
  const count = new Map(data.patterns.map((pattern) => [pattern, 0]));
  for (const row of among) if (row.pattern !== null) count.set(row.pattern, (count.get(row.pattern) ?? 0) + 1);
  at("counts").replaceChildren(...[...count].map(([pattern, times]) => {
    const button = element("button", [element("b", String(times)), ` ${words(pattern)}`], { type: "button", "aria-pressed": String(shown.pattern === pattern), "data-pattern": pattern });
    button.style.setProperty("--hue", HUES[pattern] ?? "#7a7a7a");
    button.addEventListener("click", () => choose(shown.pattern === pattern ? "" : pattern));
    return button;
  }));
}
function choose(pattern) {
  shown.pattern = at("pattern").value = pattern;
  update();
}

// ---------------------------------------------------------------- diary
const WIDTH = 600, HEIGHT = 170, LEFT = 34, BOTTOM = 22, TOP = 8, DAY_MS = 86400000;
const dayOf = (row) => Date.parse(row.recorded_at.slice(0, 10));
const iso = (day) => new Date(day).toISOString().slice(0, 10);
function drawDiary() {
  const found = shown.rows.filter((row) => row.finding !== null), dated = found.filter((row) => row.recorded_at !== null);
  at("diary").hidden = !rows.some((row) => row.recorded_at !== null);
  if (at("diary").hidden) return;
  at("undated").textContent = found.length > dated.length ? `${found.length - dated.length} findings without a recording time are left out here.` : "";
  const days = dated.map(dayOf), first = days.reduce((a, b) => Math.min(a, b), Infinity), last = days.reduce((a, b) => Math.max(a, b), -Infinity);
  drawDays(dated, first, last);
  drawRates(dated.filter((row) => row.frequency_hz !== null), first, last);
}
function axes(svg, first, last, top, marks) {
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.replaceChildren();
  if (first > last) return;
  const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  for (const value of marks) svg.append(drawn("line", { x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }), drawn("text", { x: LEFT - 4, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  svg.append(drawn("text", { x: LEFT, y: HEIGHT - 6 }, iso(first)));
  if (last > first) svg.append(drawn("text", { x: WIDTH, y: HEIGHT - 6, "text-anchor": "end" }, iso(last)));
}
const placeOf = (ms, first, last) => LEFT + ((ms - first) / (last - first + DAY_MS)) * (WIDTH - LEFT);
function drawDays(dated, first, last) {
  const days = new Map();
  for (const row of dated) {
    const counts = days.get(dayOf(row)) ?? new Map();
    days.set(dayOf(row), counts.set(row.pattern, (counts.get(row.pattern) ?? 0) + 1));
  }
  const sum = (counts) => [...counts.values()].reduce((a, b) => a + b, 0);
  const top = Math.max(1, ...[...days.values()].map(sum)), svg = at("days");
  axes(svg, first, last, top, [0, top]);
  const width = Math.max(((WIDTH - LEFT) / ((last - first) / DAY_MS + 1)) * 0.8, 1);
  for (const [day, counts] of days) {
    let below = 0;
    for (const [pattern, times] of counts) {
      const height = (times / top) * (HEIGHT - BOTTOM - TOP);
      const bar = drawn("rect", { x: placeOf(day, first, last), y: HEIGHT - BOTTOM - below - height, width, height, fill: HUES[pattern] ?? "#7a7a7a" });
      bar.append(drawn("title", {}, `${iso(day)}: ${times} ${words(pattern)}`));
      svg.append(bar);
      below += height;
    }
  }
}
function drawRates(rhythms, first, last) {
  const top = Math.ceil(rhythms.reduce((most, row) => Math.max(most, row.frequency_hz), 1)), svg = at("rates");
  axes(svg, first, last, top, [0, top / 2, top]);
  for (const row of rhythms) {
    const dot = drawn("circle", { cx: placeOf(Date.parse(row.recorded_at.slice(0, 19) + "Z"), first, last), cy: HEIGHT - BOTTOM - (row.frequency_hz / top) * (HEIGHT - BOTTOM - TOP), r: 4, fill: HUES[row.pattern] ?? "#7a7a7a", "fill-opacity": 0.7 });
    dot.append(drawn("title", {}, `${row.recorded_at}: ${number(row.frequency_hz, 2)} Hz, ${words(row.region)}, ${row.file}`));
    svg.append(dot);
  }
}

// ---------------------------------------------------------------- begin
at("videos").textContent = new Set(rows.map((row) => row.file)).size;
at("pattern").append(...data.patterns.map((pattern) => element("option", words(pattern), { value: pattern })));
at("pattern").addEventListener("change", () => choose(at("pattern").value));
at("text").addEventListener("input", update);
for (const id of ["side", "state"]) at(id).addEventListener("change", update);
at("filters").addEventListener("submit", (event) => event.preventDefault());
at("filters").addEventListener("reset", () => setTimeout(() => choose("")));
at("before").addEventListener("click", () => { shown.page -= 1; drawTable(); });
at("after").addEventListener("click", () => { shown.page += 1; drawTable(); });
at("close").addEventListener("click", () => at("player").close());
at("player").addEventListener("close", () => { at("video").pause(); at("video").removeAttribute("src"); at("video").load(); });
update();
