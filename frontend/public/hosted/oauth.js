// @ts-check
// After a consent: the page that asked for it is told, and a window with nothing more to say closes itself.

const main = /** @type {HTMLElement | null} */ (document.querySelector("[data-told]"));
const back = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-back]"));
const told = main?.dataset.told;

if (told !== undefined) {
  const channel = new BroadcastChannel("nodeloom-oauth");
  channel.postMessage(JSON.parse(told));
  channel.close();
}

// A window that Nodeloom opened is closed; one that was opened by hand stays, and its link leads back.
if (window.opener !== null && back !== null) {
  back.textContent = "Close this window";
  back.addEventListener("click", (event) => {
    event.preventDefault();
    window.close();
  });
}

if (main?.dataset.closes !== undefined) {
  window.setTimeout(() => window.close(), 600);
}
