// @ts-check
// What a form does beyond plain HTML: steps without a reload, nothing typed is lost, one click sends once.
// All of it works without this file too; the server decides what is right.

const KEY = `nodeloom-form:${location.pathname}`;
// Files travel with their request alone; the signed tokens of those sent before are kept.
const NOT_KEPT = new Set(["-go", "-csrf"]);

/** @returns {HTMLFormElement | null} */
function formHere() {
  return document.querySelector("form[data-form]");
}

/** @param {HTMLFormElement} form @returns {[string, string][]} */
function typed(form) {
  /** @type {[string, string][]} */
  const kept = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NOT_KEPT.has(name)) kept.push([name, value]);
  }
  return kept;
}

function keep() {
  const form = formHere();
  if (form === null) return;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(typed(form)));
  } catch {
    // A browser that keeps nothing: the form works, a reload begins anew.
  }
}

/** @returns {[string, string][] | null} */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There was nothing.
  }
}

/** @param {FormData} data */
function ask(data) {
  return fetch(location.pathname, {
    method: "POST",
    body: data,
    headers: { "X-Page-Script": "1" },
    credentials: "same-origin",
  });
}

/** @param {string} text */
function complain(text) {
  const summary = document.querySelector(".summary");
  if (!(summary instanceof HTMLElement)) return;
  const line = document.createElement("p");
  line.textContent = text;
  summary.replaceChildren(line);
  summary.hidden = false;
  summary.tabIndex = -1;
  summary.focus();
}

/** The part of the answer that the visitor sees takes the place of the old one. @param {string} html */
function show(html) {
  // The page's own style block carries a nonce that was never ours.
  const inner = html.slice(html.indexOf("<main"), html.lastIndexOf("</main>"));
  const next = new DOMParser().parseFromString(inner, "text/html").querySelector("main");
  const now = document.querySelector("main");
  if (next === null || now === null) return false;
  now.replaceWith(next);
  const begin = next.querySelector(".summary:not([hidden])") ?? next.querySelector("[data-head]");
  if (begin instanceof HTMLElement) begin.focus();
  window.scrollTo({ top: 0 });
  return true;
}

/** @param {Response} answer */
async function settle(answer) {
  const leadsTo = answer.headers.get("location");
  if (answer.status === 201 && leadsTo !== null) {
    forget();
    location.assign(leadsTo);
    return;
  }
  const isPage = (answer.headers.get("content-type") ?? "").startsWith("text/html");
  const shown = isPage && show(await answer.text());
  if (formHere() === null) return;
  if (shown) keep();
  else
    complain(
      answer.status === 413
        ? "This is too large to be sent. Choose smaller files."
        : "The server could not take this. Nothing is lost: try again in a moment.",
    );
  busy(false);
}

/** @param {boolean} on */
function busy(on) {
  const form = formHere();
  form?.toggleAttribute("data-busy", on);
  for (const button of form?.querySelectorAll("button") ?? []) button.disabled = on;
}

/** @param {SubmitEvent} event */
async function send(event) {
  const form = formHere();
  if (form === null || event.target !== form) return;
  event.preventDefault();
  if (form.hasAttribute("data-busy")) return;
  const data = new FormData(form);
  const pressed = event.submitter;
  data.set("-go", pressed instanceof HTMLButtonElement ? pressed.value : "next");
  keep();
  busy(true);
  try {
    await settle(await ask(data));
  } catch {
    busy(false);
    complain("You seem to be offline. Nothing is lost: try again when you are connected.");
  }
}

/** After a reload: back to the step and the words that were there. */
async function restore() {
  const form = formHere();
  const draft = kept();
  if (form === null || draft === null) return;
  const data = new FormData();
  for (const [name, value] of draft) data.append(name, value);
  const csrf = form.querySelector('[name="-csrf"]');
  if (csrf instanceof HTMLInputElement) data.set("-csrf", csrf.value);
  data.set("-go", "show");
  try {
    const answer = await ask(data);
    // Whoever has begun to type meanwhile is not interrupted.
    if (answer.ok && JSON.stringify(typed(form)) === before) show(await answer.text());
  } catch {
    // Offline: the empty form stands there already.
  }
}

const first = formHere();
const before = first === null ? "" : JSON.stringify(typed(first));
document.addEventListener("submit", (event) => void send(event));
document.addEventListener("input", keep);
document.addEventListener("change", keep);
// A page that the browser had kept whole is of a form that may have been sent since.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
if (first !== null) void restore();
