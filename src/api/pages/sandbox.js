// The sandbox page: plain calls of /sandbox/… and /api/v1, nothing that a script could not do as well.
"use strict";

const $ = (id) => document.getElementById(id);
let token = "";
let chosen = 0;

function element(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") e.addEventListener("click", value);
    else e.setAttribute(name, value);
  }
  for (const child of children) e.append(child);
  return e;
}

async function call(method, path, body) {
  const options = { method, headers: { Authorization: `Bearer ${token}` } };
  if (!path.startsWith("/api/")) delete options.headers.Authorization;
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail || answer.title);
  return answer;
}

async function attempt(work) {
  $("told").textContent = "";
  try {
    await work();
  } catch (error) {
    $("told").textContent = error.message;
  }
  await refresh();
}

const time = (t) => (t ? t.slice(0, 16).replace("T", " ") + " UTC" : "");

async function refresh() {
  const world = await call("GET", "/sandbox/world");
  $("now").textContent = time(world.now);
  const sent = [
    ...world.emails.map((m) => ({ ...m, way: "email" })),
    ...world.sms.map((m) => ({ ...m, way: `SMS (${m.segments})` })),
    ...world.calls.map((m) => ({ ...m, way: "call", to: m.from, text: m.result })),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  $("world").replaceChildren(
    ...sent.slice(0, 40).map((m) =>
      element("article", { class: "card" },
        element("p", { class: "who" }, `${time(m.at)} · ${m.way} to ${m.to} · case ${m.case}`),
        element("h3", {}, m.subject || ""),
        element("pre", {}, m.text))));
  const list = await call("GET", "/api/v1/cases?state=all&order=newest&limit=30");
  $("cases").replaceChildren(
    ...list.items.map((c) =>
      element("article", { class: c.number === chosen ? "card chosen" : "card" },
        element("h3", {}, element("a", { href: `#${c.number}` }, `${c.number}: ${c.subject || "(SMS)"}`)),
        element("p", { class: "small" }, `${c.class}, ${c.state}, step ${c.step}${c.email_missing ? ", email missing" : ""} — ` +
          (c.next ? `${c.next.owed_by} owes: ${c.next.what} by ${time(c.next.due_at)}` : "nothing is due")))));
  if (chosen) await showCase();
}

function act(name, body) {
  return () => attempt(() => call("POST", `/api/v1/cases/${chosen}/${name}`, body ? body() : {}));
}

async function showCase() {
  const c = await call("GET", `/api/v1/cases/${chosen}`);
  const text = element("textarea", { id: "a-text", rows: "3" });
  text.value = $("a-text") ? $("a-text").value : "";
  const buttons = ["read", "start", "settle", "reopen", "close"].map((n) => element("button", { class: "plain", onclick: act(n) }, n));
  const words = ["answer", "ask", "note"].map((n) => element("button", { onclick: act(n, () => ({ text: $("a-text").value })) }, n));
  const classes = ["routine", "urgent", "critical"].map((n) =>
    element("button", { class: "plain", onclick: act("reclassify", () => ({ class: n, reason: "decided in the sandbox" })) }, n));
  $("case").replaceChildren(
    element("h2", {}, `Case ${c.number}`),
    element("p", {}, element("a", { href: c.follow_url }, "what the client sees"), ` · code ${c.short_code} · ${c.class}: ${c.class_reason}`),
    element("p", { class: "row" }, ...buttons),
    element("label", { for: "a-text" }, "Words"), text,
    element("p", { class: "row" }, ...words),
    element("p", { class: "row" }, "class:", ...classes),
    element("h3", {}, "Messages"),
    ...c.messages.map((m) => element("article", { class: "card" },
      element("p", { class: "who" }, `${time(m.at)} · ${m.direction} · ${m.channel} · ${m.from} → ${m.to} · ${m.state}${m.join_reason ? " · " + m.join_reason : ""}`),
      element("h3", {}, m.subject), element("pre", {}, m.text))),
    element("h3", {}, "Journal"),
    element("ol", {}, ...c.journal.map((e) => element("li", { class: "small" }, `${time(e.at)} ${e.by}: ${e.kind} ${e.why}`))));
}

function choose() {
  chosen = Number(location.hash.slice(1)) || 0;
  if (token) refresh();
}

$("email").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    if ($("e-lost").checked) await call("POST", "/sandbox/lose", { channel: "email", next: 1 });
    await call("POST", "/sandbox/email", { from: $("e-from").value, subject: $("e-subject").value, text: $("e-text").value });
  });
});
$("sms").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(() => call("POST", "/sandbox/sms", { from: $("s-from").value, text: $("s-text").value }));
});
$("call").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(() => call("POST", "/sandbox/call", { from: $("c-from").value }));
});
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => attempt(() => call("POST", "/sandbox/advance", { seconds: Number(button.dataset.advance) })));
}
window.addEventListener("hashchange", choose);

call("GET", "/sandbox/token").then((answer) => {
  token = answer.token;
  choose();
});
