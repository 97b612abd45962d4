// What a client's pages can do better with a script; without it they do everything that is needed.
// A draft stays in this browser until it was sent; what cannot be sent now is sent when the network is back; a case
// that is open in a window shows what has changed.
"use strict";
(() => {
  const say = document.documentElement.lang === "pl"
    ? { later: "Nie ma połączenia. Tekst jest bezpieczny w tej przeglądarce; wyślemy go sami, gdy połączenie wróci.", offline: "Nie ma połączenia. Tekst jest bezpieczny w tej przeglądarce; proszę nacisnąć jeszcze raz, gdy połączenie wróci.", large: "Załączniki są za duże: razem zmieści się 20 MB. Proszę wybrać mniejsze; nic z wpisanego tekstu nie zginęło.", sending: "Wysyłamy…", pressed: "Nie ma połączenia. Wyślemy to sami, gdy połączenie wróci; proszę zostawić tę stronę otwartą.", old: "Nie ma połączenia. To, co widać, może być nieaktualne: pokazujemy stan z godziny ", restored: "To pisali Państwo wcześniej; nie zostało jeszcze wysłane." }
    : { later: "There is no connection. The text is safe in this browser; it is sent by itself when the connection is back.", offline: "There is no connection. The text is safe in this browser; please press again when the connection is back.", large: "The attachments are too large: 20 MB have room in all. Please choose smaller ones; nothing that you typed is lost.", sending: "Sending…", pressed: "There is no connection. This is sent by itself when the connection is back; please leave the page open.", old: "There is no connection. What you see may be old: it is from ", restored: "You wrote this before; it has not been sent yet." };
  const RETRY_MS = 8000, POLL_MS = 15000, FILES_MAX = 20e6, DRAFT_MS = 7 * 864e5, WRITTEN = ":at", PREFIX = "hejnal:";
  const store = { // a private window may have none
    get: (key) => { try { return JSON.parse(localStorage.getItem(PREFIX + key) || "null"); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch { /* then not */ } },
    drop: (key) => { try { localStorage.removeItem(PREFIX + key); } catch { /* then not */ } },
  };
  const status = (form, text) => {
    const place = form.querySelector(".status");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  };

  function keepDraft(form) {
    const key = form.dataset.draft;
    const fields = () => [...form.elements].filter((e) => e.name && e.name !== "website" && !["hidden", "file", "submit", "button"].includes(e.type));
    let draft = store.get(key);
    // Others may sit at this computer: what was not sent for a week is forgotten.
    if (draft && !(Date.now() - draft[WRITTEN] < DRAFT_MS)) { store.drop(key); draft = null; }
    let restored = false;
    if (draft) {
      for (const e of fields()) {
        const value = draft[e.name];
        if (typeof value !== "string") continue;
        if (e.type === "radio") { if (e.value === value && !form.querySelector(`[name="${e.name}"]:checked`)) e.checked = restored = true; }
        else if (!e.value && value) { e.value = value; restored = true; }
      }
    }
    if (restored) status(form, say.restored);
    form.addEventListener("input", () => {
      const now = { [WRITTEN]: Date.now() };
      for (const e of fields()) if (e.type !== "radio" || e.checked) now[e.name] = e.value;
      store.set(key, now);
    });
    // The browser's own page for "no connection" would stand where the text was.
    if (!("retry" in form.dataset)) form.addEventListener("submit", (event) => {
      if (!navigator.onLine) { event.preventDefault(); status(form, say.offline); }
    });
  }

  function sendSafely(form) {
    let sending = false;
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.value === "back") return;
      event.preventDefault();
      if (sending) return;
      const files = [...form.querySelectorAll('input[type="file"]')].flatMap((input) => [...input.files]);
      if (files.reduce((sum, file) => sum + file.size, 0) > FILES_MAX) { status(form, say.large); return; }
      sending = true;
      const body = new FormData(form);
      if (event.submitter && event.submitter.name) body.append(event.submitter.name, event.submitter.value);
      const isPlain = form.enctype !== "multipart/form-data";
      const attempt = async () => {
        // What was typed while the network was away goes, too.
        for (const field of form.elements) if (field.name && /^(textarea|text|email|tel)$/.test(field.type)) body.set(field.name, field.value);
        status(form, say.sending);
        let answer;
        try {
          answer = await fetch(form.action, { method: "POST", body: isPlain ? new URLSearchParams(body) : body });
          if (answer.status === 503) throw new Error("not now");
        } catch {
          status(form, form.dataset.retry === "press" ? say.pressed : say.later);
          let done = false;
          const again = () => { if (!done) { done = true; clearTimeout(timer); removeEventListener("online", again); attempt(); } };
          const timer = setTimeout(again, RETRY_MS);
          addEventListener("online", again);
          return;
        }
        if (answer.status === 413) { sending = false; status(form, say.large); return; }
        if (answer.redirected) { location.assign(answer.url); return; }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const main = page.querySelector("main");
        if (!main) { sending = false; form.submit(); return; }
        document.title = page.title;
        document.querySelector("main").replaceWith(main);
        start();
        const wrong = main.querySelector('[aria-invalid="true"], .alert');
        if (wrong) { wrong.tabIndex = wrong.tabIndex < 0 ? -1 : wrong.tabIndex; wrong.focus(); wrong.scrollIntoView({ block: "center" }); }
      };
      attempt();
    });
  }

  let timer = 0, look = () => {};
  document.addEventListener("visibilitychange", () => look());
  addEventListener("online", () => look());
  function keepFresh(live) {
    clearInterval(timer);
    let etag = "", seen = new Date(), note;
    // Who reads it without a network is told how old it is.
    const isOld = (yes) => {
      if (!yes) { seen = new Date(); if (note) note.remove(); note = null; return; }
      if (note || !live.isConnected) return;
      note = document.createElement("p");
      note.className = "stale";
      note.setAttribute("role", "status");
      live.before(note);
      note.textContent = say.old + seen.toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" }) + ".";
    };
    addEventListener("offline", () => isOld(true));
    look = async () => {
      if (document.hidden || live.contains(document.activeElement) && document.activeElement !== document.body) return;
      try {
        const answer = await fetch(live.dataset.poll, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
        isOld(answer.status >= 500);
        if (answer.status === 404) { location.reload(); return; } // the link was taken back
        if (answer.status !== 200) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const place = fresh.getElementById("live");
        etag = answer.headers.get("ETag") || "";
        const banner = document.getElementById("banner"), news = fresh.getElementById("banner");
        if (banner && news && banner.innerHTML !== news.innerHTML) banner.innerHTML = news.innerHTML;
        if (!place || place.innerHTML === live.innerHTML) return;
        const open = [...live.querySelectorAll("details")].map((d) => d.open);
        // What stands below must not move under the reader's eyes or thumb.
        const anchor = document.getElementById("reply"), before = anchor && anchor.getBoundingClientRect().top;
        live.innerHTML = place.innerHTML;
        live.querySelectorAll("form[data-retry]").forEach(sendSafely);
        live.querySelectorAll("details").forEach((d, i) => { d.open = !!open[i]; });
        const form = fresh.querySelector('#reply input[name="form"]'), own = document.querySelector('#reply input[name="form"]');
        if (form && own) own.value = form.value;
        // Beside what is being typed: what it is for, and the other button.
        const label = fresh.querySelector('label[for="text"]'), send = fresh.querySelector("#reply button");
        if (label && anchor) { anchor.querySelector("label").textContent = label.textContent; anchor.querySelector("button").className = send.className; }
        const works = fresh.querySelector(".works"), shown = document.querySelector(".works");
        if (!works && shown) shown.remove();
        if (works && !shown && anchor) { anchor.after(works); sendSafely(works); }
        if (anchor && document.activeElement && anchor.contains(document.activeElement)) scrollBy(0, anchor.getBoundingClientRect().top - before);
        const aloud = document.getElementById("aloud");
        if (aloud && document.title !== fresh.title) aloud.textContent = fresh.title; // for who listens to the page
        document.title = fresh.title;
      } catch { isOld(true); /* the next look comes */ }
    };
    timer = setInterval(() => look(), POLL_MS);
  }

  function start() {
    const main = document.querySelector("main");
    if (main && main.dataset.done) store.drop(main.dataset.done);
    // Said once: what comes back to this address must neither drop the next draft nor say it again.
    if (/[?&](thanks|sent|told|works)\b/.test(location.search)) history.replaceState(history.state, "", location.pathname);
    document.querySelectorAll("form[data-draft]").forEach(keepDraft);
    document.querySelectorAll("form[data-retry]").forEach(sendSafely);
    const live = document.getElementById("live");
    if (live) keepFresh(live);
  }
  start();
})();
