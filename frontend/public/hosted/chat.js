// @ts-check
// A chat: what is written is kept until it is stored, answers come as they are made, other tabs of this browser see all.

/**
 * @typedef {{ name: string, size: number, url: string }} ChatFile
 * @typedef {{ id: string, text: string, files: ChatFile[], status: "pending" | "answered" | "failed",
 *   answer: string | null, answer_files: ChatFile[] }} Message
 */

/** @template {HTMLElement} T @param {string} name @returns {T} */
function part(name) {
  return /** @type {T} */ (document.querySelector(`[data-${name}]`));
}

const at = part("chat").dataset.at ?? "";
const log = part("log");
const form = /** @type {HTMLFormElement} */ (part("say"));
const field = /** @type {HTMLTextAreaElement} */ (part("message"));
const trouble = part("trouble");
const chosen = part("chosen");
const picker = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-files]"));
const suggestions = document.querySelector("[data-suggestions]");
const tabs = new BroadcastChannel(`nodeloom-chat:${at}`);
const LONGEST_PAUSE_MS = 15_000;

/** Where nothing can be kept (a browser that forbids it), the page remembers for as long as it is open. */
const memory = new Map();
const store = {
  /** @param {string} key @returns {string | null} */
  get(key) {
    try {
      return localStorage.getItem(key) ?? memory.get(key) ?? null;
    } catch {
      return memory.get(key) ?? null;
    }
  },
  /** @param {string} key @param {string} value */
  set(key, value) {
    memory.set(key, value);
    try {
      localStorage.setItem(key, value);
    } catch {
      // The page remembers.
    }
  },
};

/** @param {number} length */
function random(length) {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The visitor's own: whoever has it reads this chat. */
function token() {
  const key = `nodeloom-chat-token:${at}`;
  const known = store.get(key);
  if (known !== null) return known;
  const fresh = random(24);
  store.set(key, fresh);
  return fresh;
}

const DRAFT = `nodeloom-chat-draft:${at}`;
const OUTBOX = `nodeloom-chat-outbox:${at}`;
/** The answers that are listened for, by message. @type {Set<string>} */
const following = new Set();
/** @type {Promise<void>} */
let sending = Promise.resolve();

/** @param {string} what @param {RequestInit} [more] */
function ask(what, more = {}) {
  const path = `/chat/-/${what}${what.includes("?") ? "&" : "?"}at=${encodeURIComponent(at)}`;
  return fetch(path, { ...more, headers: { "X-Chat-Token": token() }, credentials: "same-origin" });
}

/** @param {string} text */
function complain(text) {
  trouble.textContent = text;
  trouble.hidden = text === "";
}

/** What a refusal says to a visitor. @param {Response} answer */
async function refusal(answer) {
  if (answer.status === 413) return "This is too large to be sent. Choose smaller files.";
  try {
    const { detail, hint } = await answer.json();
    return `${detail} ${hint}`;
  } catch {
    return "The server could not take this. What you wrote is still there: try again in a moment.";
  }
}

/** @param {string} tag @param {string} [name] @param {string} [text] */
function made(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name !== "") element.className = name;
  if (text !== "") element.textContent = text;
  return element;
}

/** @param {ChatFile[]} files */
function fileList(files) {
  const list = made("ul", "files");
  for (const file of files) {
    const link = /** @type {HTMLAnchorElement} */ (made("a", "", file.name));
    link.href = file.url;
    link.download = file.name;
    const entry = made("li");
    entry.append(link);
    list.append(entry);
  }
  return list;
}

/** @param {string} name @param {string} text @param {ChatFile[]} files */
function bubble(name, text, files) {
  const said = made("div", `said ${name}`);
  if (text !== "") said.append(made("p", "", text));
  if (files.length > 0) said.append(fileList(files));
  return said;
}

function working() {
  const said = made("div", "said theirs");
  const dots = made("span", "working");
  dots.append(made("i"), made("i"), made("i"), made("span", "unseen", "An answer is being made"));
  said.append(dots);
  return said;
}

/** @param {Message} message */
function answerTo(message) {
  if (message.status === "pending") return working();
  if (message.status === "answered")
    return bubble(
      "theirs",
      message.answer || (message.answer_files.length > 0 ? "" : "✓"),
      message.answer_files,
    );
  const said = bubble("theirs failed", "This could not be answered. You can try it again.", []);
  const again = /** @type {HTMLButtonElement} */ (made("button", "", "Try again"));
  again.type = "button";
  again.addEventListener("click", () => void retry(message.id, again));
  said.append(again);
  return said;
}

/** Put the message where it stands already, or at the end. @param {Message} message */
function show(message) {
  const exchange = made("div", "exchange");
  exchange.dataset.id = message.id;
  exchange.append(bubble("mine", message.text, message.files), answerTo(message));
  const there = log.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
  if (there === null) log.append(exchange);
  else there.replaceWith(exchange);
  if (message.status === "pending") void follow(message.id);
  suggest();
  log.scrollTop = log.scrollHeight;
}

function suggest() {
  if (suggestions instanceof HTMLElement)
    suggestions.hidden = log.querySelector(".exchange") !== null;
}

/** A piece of the answer takes the place of the dots, or stands behind those before. @param {string} id @param {string} text */
function append(id, text) {
  const said = log.querySelector(`[data-id="${CSS.escape(id)}"] .theirs`);
  if (said === null) return;
  said.querySelector(".working")?.remove();
  const words = said.querySelector("p") ?? said.appendChild(made("p"));
  words.textContent += text;
  log.scrollTop = log.scrollHeight;
}

/** @param {ReadableStream<Uint8Array>} body */
async function* eventsOf(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const kind = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (kind !== undefined && data !== undefined) yield { kind, data: JSON.parse(data) };
    }
  }
}

/** One line to the server: whether there is nothing more to hear. @param {string} id */
async function hear(id) {
  const answer = await ask(`events?id=${encodeURIComponent(id)}`);
  if (!answer.ok || answer.body === null) return answer.status === 404 || answer.status === 401;
  for await (const { kind, data } of eventsOf(answer.body)) {
    if (kind === "partial") append(id, data.text);
    if (kind !== "message") continue;
    following.delete(id);
    show(data);
    return true;
  }
  return false;
}

/** Listen until the answer is there, again after a broken line. @param {string} id */
async function follow(id) {
  if (following.has(id)) return;
  following.add(id);
  for (let pause = 500; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    // A line that breaks is tried again.
    if (await hear(id).catch(() => false)) break;
    await new Promise((resume) => setTimeout(resume, pause));
  }
  following.delete(id);
}

async function load() {
  try {
    const answer = await ask("messages");
    if (!answer.ok) {
      complain(await refusal(answer));
      return;
    }
    /** @type {{ messages: Message[] }} */
    const { messages } = await answer.json();
    for (const message of messages) if (!following.has(message.id)) show(message);
  } catch {
    complain("You seem to be offline. Load the page again when you are connected.");
  }
}

/** @param {string} id @param {HTMLButtonElement} again */
async function retry(id, again) {
  again.disabled = true;
  try {
    const answer = await ask(`messages/retry?id=${encodeURIComponent(id)}`, { method: "POST" });
    complain(answer.ok ? "" : await refusal(answer));
    await load();
    tabs.postMessage("changed");
  } catch {
    complain("You seem to be offline. Try again when you are connected.");
  }
  again.disabled = false;
}

/** @typedef {{ id: string, text: string }} Unsent */

/** What was sent and is not known to be stored, for a page that is closed meanwhile. @returns {Unsent[]} */
function outbox() {
  try {
    return JSON.parse(store.get(OUTBOX) ?? "[]");
  } catch {
    return [];
  }
}

function say() {
  const text = field.value.trim();
  const files = Array.from(picker?.files ?? []);
  if (text === "" && files.length === 0) return;
  const message = { id: random(12), text };
  store.set(OUTBOX, JSON.stringify([...outbox(), message]));
  field.value = "";
  if (picker !== null) picker.value = "";
  typed();
  picked();
  complain("");
  send(message, files);
  field.focus();
}

/** One after the other, in the order in which they were written. @param {Unsent} message @param {File[]} files */
function send(message, files) {
  const waiting = bubble(
    "mine unsent",
    message.text || files.map((file) => file.name).join(", "),
    [],
  );
  log.append(waiting);
  log.scrollTop = log.scrollHeight;
  sending = sending.then(() => deliver(message, files, waiting));
}

/** The same id goes with every try, so that no message is taken twice. @param {Unsent} message @param {File[]} files @param {HTMLElement} waiting */
async function deliver(message, files, waiting) {
  const data = new FormData();
  data.set("id", message.id);
  data.set("text", message.text);
  for (const file of files) data.append("files", file);
  let wrong = "";
  try {
    const answer = await ask("messages", { method: "POST", body: data });
    if (answer.ok) show(await answer.json());
    else wrong = await refusal(answer);
  } catch {
    wrong =
      "You seem to be offline. What you wrote is still there: send it again when you are connected.";
  }
  waiting.remove();
  store.set(OUTBOX, JSON.stringify(outbox().filter((other) => other.id !== message.id)));
  if (wrong === "") {
    tabs.postMessage("changed");
    return;
  }
  field.value = [message.text, field.value].filter(Boolean).join("\n");
  typed();
  complain(wrong);
}

function typed() {
  store.set(DRAFT, field.value);
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function picked() {
  chosen.replaceChildren(...Array.from(picker?.files ?? [], (file) => made("li", "", file.name)));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  say();
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  say();
});
field.addEventListener("input", typed);
picker?.addEventListener("change", picked);
suggestions?.addEventListener("click", (event) => {
  if (!(event.target instanceof HTMLButtonElement)) return;
  field.value = event.target.textContent ?? "";
  say();
});
tabs.addEventListener("message", () => void load());
field.value = store.get(DRAFT) ?? "";
typed();
suggest();
void load().then(() => {
  for (const message of outbox()) send(message, []);
});
