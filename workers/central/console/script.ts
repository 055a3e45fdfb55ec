import { COUNTING } from "./counting.ts";

/**
 * The page's script, as it is sent: no framework, no build step. It asks the API every two seconds and
 * draws what it is told, always as text. It is a string because every bundler can carry a string.
 */
export const SCRIPT = `"use strict";

const POLL_MS = 2000;
const EVENTS_SHOWN = 200;
const POOLS_SHOWN = 60;
const TONES = 8;
const KEY = "tradewind-token";
const byId = (id) => document.getElementById(id);

/** An element with text or elements inside. Text stays text. */
function make(tag, look, ...inside) {
  const element = document.createElement(tag);
  if (look) element.className = look;
  element.append(...inside.map((one) => (typeof one === "object" ? one : String(one))));
  return element;
}

class Refused extends Error {}

async function ask(path, init) {
  const headers = { authorization: "Bearer " + sessionStorage.getItem(KEY), ...(init && init.headers) };
  const answer = await fetch(path, { ...init, headers });
  if (answer.status === 401) throw new Refused();
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(path + " answered " + answer.status);
  return answer.json();
}

/* ---- what is remembered between two looks ---- */
let cursor = "";
let countsBefore = null;
let lookedAtMs = 0;
let noted = new Set();
const tones = new Map();

const toneOf = (pool) => {
  if (!tones.has(pool)) tones.set(pool, tones.size % TONES);
  return "tone-" + tones.get(pool);
};

/* ---- words ---- */
const ago = (text) => {
  if (text === null) return "never";
  const seconds = (Date.now() - Date.parse(text)) / 1000;
  return seconds < 0 ? "in " + (-seconds).toFixed(1) + " s" : seconds.toFixed(1) + " s ago";
};
const MARKS = { healthy: ["✓", "good"], unhealthy: ["✕", "bad"], disagreed: ["≠", "odd"], unknown: ["?", "soft"] };

${COUNTING}
/* ---- drawing ---- */
function drawTiles(regions, health, served, seconds) {
  const heard = regions.filter(({ reachable }) => reachable).length;
  const well = health.endpoints.filter(({ summary }) => summary === "healthy").length;
  const rate = (amount) => (seconds === null ? "…" : (amount / seconds).toFixed(1));
  const tiles = [
    ["Version", health.version === null ? "none" : health.version, ""],
    ["Regions that answer", heard + " / " + regions.length, heard < regions.length ? "odd" : ""],
    ["Healthy endpoints", well + " / " + health.endpoints.length, well < health.endpoints.length ? "odd" : ""],
    ["Requests a second", rate(served.requests), ""],
    ["5xx a second", rate(served.errors), served.errors > 0 ? "bad" : ""],
  ];
  byId("tiles").replaceChildren(
    ...tiles.map(([name, value, look]) => make("div", "", make("dt", "", name), make("dd", look, value))),
  );
}

function drawServed({ colos }, seconds) {
  const note = byId("served-note");
  note.textContent =
    seconds === null ? "Counting…"
    : colos.size === 0 ? "No requests in the last " + seconds.toFixed(0) + " s."
    : "Each colo's requests of the last " + seconds.toFixed(0) + " s, by the pool that answered.";
  const rows = [...colos].sort(([one], [other]) => one.localeCompare(other)).flatMap(([colo, pools]) => {
    const total = [...pools.values()].reduce((sum, amount) => sum + amount, 0);
    const shares = [...pools].sort(([one], [other]) => one.localeCompare(other));
    const bar = make("div", "bar", ...shares.map(([pool, amount]) => {
      const part = make("span", toneOf(pool));
      part.style.flexGrow = amount;
      part.title = pool;
      return part;
    }));
    bar.setAttribute("role", "img");
    bar.setAttribute("aria-label", shares.map(([pool, amount]) => pool + " " + Math.round((100 * amount) / total) + " %").join(", "));
    return [make("b", "", colo), bar, make("span", "soft", (total / seconds).toFixed(1) + "/s")];
  });
  byId("served").replaceChildren(...rows);
  byId("legend").replaceChildren(...[...tones.keys()].map((pool) => make("li", toneOf(pool), pool)));
}

/** Pools in trouble first; a page of thousands would help nobody. */
function drawPools({ endpoints }) {
  const pools = new Map();
  for (const endpoint of endpoints) pools.set(endpoint.pool, [...(pools.get(endpoint.pool) || []), endpoint]);
  const troubled = ([, members]) => (members.some(({ worst }) => worst === "unhealthy") ? 0 : 1);
  const order = [...pools].sort((one, other) => troubled(one) - troubled(other));
  byId("pools").replaceChildren(...order.slice(0, POOLS_SHOWN).map(([pool, members]) => {
    const well = members.filter(({ summary }) => summary === "healthy").length;
    const count = make("span", well < members.length ? "odd" : "good", well + " of " + members.length + " healthy");
    return make("article", "pool", make("header", "", make("h3", "", pool), count), make("ul", "", ...members.map(drawEndpoint)));
  }));
  const more = pools.size - POOLS_SHOWN;
  byId("pools-more").textContent = more > 0 ? "and " + more + " more pools: GET /v1/health has them all" : "";
}

function drawEndpoint({ endpoint, address, cloud, enabled, summary, regions }) {
  const [sign, look] = MARKS[summary];
  const marks = regions.filter(({ verdict }) => verdict !== "unknown").map(({ region, verdict, stale, reason }) => {
    const [mark, tone] = MARKS[verdict];
    return make("li", tone, mark + " " + region + (reason ? ": " + reason : "") + (stale ? " (old)" : ""));
  });
  return make("li", "",
    make("div", "endpoint", make("b", "", endpoint), make("span", enabled ? look : "soft", enabled ? sign + " " + summary : "disabled")),
    make("div", "place", [cloud, address].filter(Boolean).join(" · ")),
    make("ul", "marks", ...marks));
}

function drawRegions(regions) {
  byId("regions").replaceChildren(...regions.map((one) => {
    const name = make("th", "", one.region);
    name.scope = "row";
    if (!one.reachable) {
      const cell = make("td", "bad", "✕ does not answer (" + one.reason + "); edges go on with what they know");
      cell.colSpan = 7;
      return make("tr", "", name, cell);
    }
    const late = one.next_alarm_at !== null && Date.now() - Date.parse(one.next_alarm_at) > 5000;
    const reporting = one.colos.filter(({ isolates }) => isolates > 0);
    const isolates = reporting.reduce((sum, colo) => sum + colo.isolates, 0);
    const owed = one.push !== null && one.push.failures > 0 ? " (" + one.push.failures + " pushes failed)" : "";
    return make("tr", "", name,
      make("td", owed ? "odd" : "", (one.version === null ? "none" : one.version) + owed),
      make("td", late ? "bad" : "", one.next_alarm_at === null ? "none" : ago(one.next_alarm_at)),
      make("td", one.blind ? "odd" : "", ago(one.last_round_at) + (one.blind ? ", blind" : "")),
      make("td", "", one.probes.succeeded + " ✓ " + one.probes.failed + " ✕"),
      make("td", "", one.beat_ms / 1000 + " s"),
      make("td", "", isolates),
      make("td", "soft", reporting.map(({ colo, version }) => colo + (version === one.version ? "" : " (" + (version === null ? "none" : version) + ")")).join(" ")));
  }));
}

/** New ones on top; those on the page stay as they are, so that a button keeps its focus. */
function drawEvents(events) {
  const list = byId("events");
  for (const { id, at, source, subject, detail } of events) {
    const time = make("time", "soft", new Date(at).toLocaleTimeString());
    time.dateTime = at;
    const what = make("span", "what", make("b", "", subject), " " + detail);
    const button = make("button", "", "Acknowledge");
    button.type = "button";
    button.setAttribute("aria-label", "Acknowledge " + subject + " " + detail);
    button.addEventListener("click", () => acknowledge(id).catch(lost));
    const item = make("li", "", time, make("span", "soft", source), what, button);
    item.dataset.event = id;
    list.prepend(item);
  }
  while (list.children.length > EVENTS_SHOWN) list.lastElementChild.remove();
  for (const item of list.children) {
    const button = item.querySelector("button");
    if (noted.has(item.dataset.event) && button !== null) button.replaceWith(make("span", "noted", "✓ noted"));
  }
}

function drawFaults(answer) {
  const faults = answer === null ? [] : answer.faults;
  byId("faults").hidden = faults.length === 0;
  byId("fault-list").replaceChildren(...faults.map(({ target, mode }) => make("li", "", target + ": " + mode)));
}

/* ---- the loop ---- */
const readDesk = (desk) => {
  noted = new Set(desk.acknowledged.map(({ event }) => event));
};

async function acknowledge(id) {
  const body = JSON.stringify({ acknowledged: [{ event: id }] });
  readDesk(await ask("/v1/desk", { method: "PUT", headers: { "content-type": "application/json" }, body }));
  drawEvents([]);
}

async function look() {
  const [regions, health, news, desk, faults] = await Promise.all([
    ask("/v1/regions"),
    ask("/v1/health"),
    ask("/v1/events?after=" + encodeURIComponent(cursor)),
    ask("/v1/desk").catch((error) => { if (error instanceof Refused) throw error; return null; }),
    ask("/v1/faults"),
  ]);
  const nowMs = performance.now();
  const counts = countsOf(regions.regions);
  const seconds = countsBefore === null ? null : (nowMs - lookedAtMs) / 1000;
  const served = servedFrom(countsBefore === null ? new Map() : stepOf(counts, countsBefore));
  countsBefore = counts;
  lookedAtMs = nowMs;
  cursor = news.cursor;
  if (desk !== null) readDesk(desk);
  byId("door").hidden = true;
  byId("facts").hidden = false;
  drawTiles(regions.regions, health, served, seconds);
  drawServed(served, seconds);
  drawPools(health);
  drawRegions(regions.regions);
  drawEvents(news.events);
  drawFaults(faults);
  tell("live", "live");
}

function tell(look, text) {
  const state = byId("state");
  state.className = "state " + look;
  if (state.textContent !== text) state.textContent = text;
}

function lost(error) {
  if (!(error instanceof Refused)) return tell("lost", "no answer; what you see is the last that was heard");
  const had = sessionStorage.getItem(KEY) !== null;
  sessionStorage.removeItem(KEY);
  byId("door-error").textContent = had ? "That is not the token. It is the secret TRADEWIND_API_TOKEN; npm start prints it." : "";
  byId("facts").hidden = true;
  byId("door").hidden = false;
  byId("token").focus();
  tell("", "waiting for the token");
}

let timer = 0;
let looking = false;
async function loop() {
  if (looking) return;
  clearTimeout(timer);
  looking = true;
  try {
    if (sessionStorage.getItem(KEY) === null) throw new Refused();
    if (!document.hidden) await look();
    timer = setTimeout(loop, POLL_MS);
  } catch (error) {
    lost(error);
    if (!(error instanceof Refused)) timer = setTimeout(loop, POLL_MS);
  }
  looking = false;
}

/** npm start prints a link that ends in #token=…; a fragment is never sent to a server. */
function takeTokenFromLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, "", location.pathname);
}

byId("door").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, byId("token").value.trim());
  byId("token").value = "";
  loop();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) loop(); });
addEventListener("hashchange", () => { takeTokenFromLink(); loop(); });
takeTokenFromLink();
loop();
`;
