import type { Connection } from "@/shared/api/types";

/** What the page tells that a service sends people back to. */
export interface ConsentNews {
  connection_id: string | null;
  connector: string;
  ok: boolean;
  text: string;
}

export interface Wanted {
  connector: string;
  /** The connection that is renewed; `null` if one is made, of this name. */
  connectionId: string | null;
  name: string;
}

const CHANNEL = "nodeloom-oauth";
const LOOK_EVERY_MS = 500;

export function readNews(told: unknown): ConsentNews | null {
  if (typeof told !== "object" || told === null) return null;
  const { connection_id, connector, ok, text } = told as Record<string, unknown>;
  if (typeof connector !== "string" || typeof ok !== "boolean") return null;
  return {
    connection_id: typeof connection_id === "string" ? connection_id : null,
    connector,
    ok,
    text: typeof text === "string" ? text : "",
  };
}

/** Every tab hears what every consent page tells: only what came of the own window counts. */
export function concerns(news: ConsentNews, wanted: Wanted, popup: Window | null): boolean {
  if (news.connector !== wanted.connector) return false;
  if (news.ok && wanted.connectionId !== null && news.connection_id !== wanted.connectionId)
    return false;
  return popup === null || !isElsewhere(popup);
}

/** Whether the window shows a page of somebody else: then it can't be its news. */
function isElsewhere(popup: Window): boolean {
  if (popup.closed) return false;
  try {
    return popup.location.origin !== window.location.origin;
  } catch {
    return true;
  }
}

/** The connection that came of a consent about which nothing was told, by what there was before. */
export function madeSince(
  before: readonly Connection[],
  after: readonly Connection[],
  { connector, connectionId, name }: Wanted,
): Connection | undefined {
  return after.find((now) => {
    if (now.connector !== connector) return false;
    const old = before.find((candidate) => candidate.id === now.id);
    if (connectionId === null) return old === undefined && now.name === name;
    return now.id === connectionId && old?.updated_at !== now.updated_at && now.health !== "broken";
  });
}

/** Must be called in the click itself: later, browsers take it for an unwanted one. */
export function openWindow(title: string): Window | null {
  const [width, height] = [560, 720];
  const left = window.screenX + Math.max(0, (window.outerWidth - width) / 2);
  const top = window.screenY + Math.max(0, (window.outerHeight - height) / 3);
  const popup = window.open(
    "",
    "_blank",
    `popup,width=${width},height=${height},left=${left},top=${top}`,
  );
  if (popup !== null) popup.document.title = title;
  return popup;
}

interface Watch {
  wanted: Wanted;
  popup: Window | null;
  onNews: (news: ConsentNews) => void;
  onClosed: () => void;
  /** The person looks at this page again. */
  onBack: () => void;
}

/** Until the answered function is called. A closed window is told of once; news may still follow. */
export function watchConsent({ wanted, popup, onNews, onClosed, onBack }: Watch): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    const news = readNews(data);
    if (news !== null && concerns(news, wanted, popup)) onNews(news);
  };
  const timer = setInterval(() => {
    if (!popup?.closed) return;
    clearInterval(timer);
    onClosed();
  }, LOOK_EVERY_MS);
  window.addEventListener("focus", onBack);
  return () => {
    window.removeEventListener("focus", onBack);
    clearInterval(timer);
    channel.close();
  };
}
