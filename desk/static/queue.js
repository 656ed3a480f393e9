// Keys and the optimistic update of the queue. Without this file every button is a form that works.
"use strict";
(() => {
  const body = document.body;
  const work = document.getElementById("work");
  const said = document.getElementById("said");
  const ahead = new Map(); // address -> promise of the part
  let claimTimer = 0;

  const here = () => work.querySelector("[data-here]")?.dataset.here;
  const keysOn = () => !body.classList.contains("no-keys");
  const pathOf = (link) => new URL(link.href).pathname;

  function tell(text, { bad = false, undo = false } = {}) {
    said.classList.toggle("bad", bad);
    const words = document.createElement("span");
    words.textContent = text;
    said.replaceChildren(words);
    if (undo) {
      const button = document.createElement("button");
      button.dataset.key = "z";
      button.textContent = body.dataset.undo + " ";
      const key = document.createElement("kbd");
      key.textContent = "z";
      button.append(key);
      button.addEventListener("click", takeBack);
      said.append(button);
    }
  }

  async function part(address) {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) location.assign(answer.headers.get("hx-redirect") || "/login");
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  function fetchAhead() {
    const next = work.querySelector("a[rel=next]");
    if (next && !ahead.has(next.href)) {
      const coming = part(next.href);
      coming.catch(() => ahead.delete(next.href));
      ahead.set(next.href, coming);
    }
  }

  // our own server's escaped page, as text into a document that runs no script, then moved over
  function put(html, address) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    work.replaceChildren(...fresh.body.childNodes);
    history.replaceState(null, "", address);
    arrive();
    work.querySelector("#item-title")?.focus({ preventScroll: true });
    window.scrollTo({ top: Math.min(window.scrollY, work.offsetTop) });
  }

  function arrive() {
    const path = here();
    for (const link of document.querySelectorAll("#rail a")) {
      if (pathOf(link) === path) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    document.querySelector("#rail a[aria-current]")?.scrollIntoView({ block: "nearest" });
    work.classList.remove("arrives");
    void work.offsetWidth;
    work.classList.add("arrives");
    window.htmx?.process(work);
    fetchAhead();
    claimSoon();
  }

  async function go(address) {
    try {
      const html = await (ahead.get(address) || part(address));
      ahead.delete(address);
      put(html, address);
    } catch {
      location.assign(address);
    }
  }

  // looking at it for a moment means working on it
  function claimSoon() {
    clearTimeout(claimTimer);
    const path = here();
    if (!path || !work.querySelector("[data-decide]")) return;
    claimTimer = setTimeout(async () => {
      try {
        await fetch(path + "/claim", { method: "POST", headers: { "X-CSRF-Token": body.dataset.csrf } });
      } catch { /* the decision itself asks again */ }
    }, 700);
  }

  const onward = () => work.querySelector("a[rel=next]")?.href || work.querySelector("a[rel=prev]")?.href;

  async function decide(form, button) {
    const facts = new URLSearchParams(new FormData(form));
    facts.set("act", button.value);
    const address = form.action, path = here(), kept = [...work.childNodes], at = location.href;
    const link = [...document.querySelectorAll("#rail a")].find((one) => pathOf(one) === path);
    const entry = link?.closest("li"), after = entry?.nextSibling, list = entry?.parentNode;
    const next = onward();
    tell(button.textContent.trim().replace(/^\S+\s/, "") + " …");
    entry?.remove();
    const moved = next ? go(next) : Promise.resolve();
    try {
      const answer = await fetch(address, { method: "POST", body: facts, headers: { Accept: "application/json" } });
      const words = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(words.said || body.dataset.lost);
      await moved;
      if (!next) location.assign(location.pathname.replace(/\/queue\/.*/, "/queue") + location.search);
      tell(words.said, { undo: true });
    } catch (error) {
      await moved;
      if (entry) list.insertBefore(entry, after);
      work.replaceChildren(...kept);
      history.replaceState(null, "", at);
      arrive();
      tell(error instanceof TypeError ? body.dataset.lost : error.message, { bad: true });
      work.querySelector("#item-title")?.focus({ preventScroll: true });
    }
  }

  async function takeBack() {
    const facts = new URLSearchParams({ csrf: body.dataset.csrf });
    try {
      const answer = await fetch("/queue/undo" + location.search, { method: "POST", body: facts, headers: { Accept: "application/json" } });
      const words = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(words.said || body.dataset.lost);
      sessionStorage.setItem("said", words.said);
      location.assign(words.to);
    } catch (error) {
      tell(error instanceof TypeError ? body.dataset.lost : error.message, { bad: true });
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-decide]") && event.submitter) {
      event.preventDefault();
      decide(form, event.submitter);
    } else if (form.getAttribute("action")?.startsWith("/queue/undo")) {
      event.preventDefault();
      takeBack();
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#rail a, a[rel=next], a[rel=prev]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      go(link.href);
    }
  });

  function open(menu) {
    menu.open = true;
    menu.querySelector("[data-choice]")?.focus();
  }

  const acts = {
    "1": () => work.querySelector("[data-key='1']")?.click(),
    "2": () => work.querySelector("[data-key='2']")?.click(),
    "3": () => { const menu = work.querySelector("details[data-key='3']"); if (menu) open(menu); },
    h: () => { const menu = work.querySelector("details[data-key='h']"); if (menu) open(menu); },
    j: () => { const link = work.querySelector("a[rel=next]"); if (link) go(link.href); },
    k: () => { const link = work.querySelector("a[rel=prev]"); if (link) go(link.href); },
    z: takeBack,
    n: () => { const note = work.querySelector("details.note"); if (note) { note.open = true; note.querySelector("textarea").focus(); } },
    o: () => work.querySelector("a[data-key=o]")?.click(),
    "/": () => location.assign("/search"),
    "?": () => document.getElementById("keys").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const menu = work?.querySelector("details.menu[open]");
    if (event.key === "Escape") {
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      if (event.target.matches("textarea")) work.querySelector("#item-title")?.focus();
      return;
    }
    if (!keysOn() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
    if (menu && /^[1-9]$/.test(event.key)) {
      event.preventDefault();
      menu.querySelector(`[data-choice='${event.key}']`)?.click();
    } else if (acts[event.key] && (work || "/?z".includes(event.key))) {
      event.preventDefault();
      acts[event.key]();
    }
  });

  const words = sessionStorage.getItem("said");
  if (words) { sessionStorage.removeItem("said"); tell(words); }
  if (work) { fetchAhead(); claimSoon(); }
})();
