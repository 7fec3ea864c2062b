import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { askConsent, connectionsQuery } from "@/shared/api/connections";
import type { Connection, Connector } from "@/shared/api/types";
import { type ConsentNews, madeSince, openWindow, type Wanted, watchConsent } from "./consent";

export type ConsentPhase =
  | { phase: "idle" }
  | { phase: "starting" }
  /** The service's page is open; `blocked` if the browser didn't let it, then the link leads there. */
  | { phase: "asking"; url: string; blocked: boolean }
  | { phase: "closed"; url: string }
  | { phase: "refused"; text: string }
  | { phase: "failed"; error: unknown };

export interface ConsentAsked {
  name: string;
  connectionId?: string;
  scopes?: readonly string[];
  auth?: "oauth2" | "oauth1";
}

/** `text` is what the page said that the service sent people back to, if it was heard. */
export type Connected = (id: string, text?: string) => void;

/** The service's own page in a window beside this one, and what came of it. */
export function useConsent(connector: Connector, onConnected: Connected) {
  const client = useQueryClient();
  const [state, setState] = useState<ConsentPhase>({ phase: "idle" });
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);

  const end = () => {
    stop.current?.();
    stop.current = undefined;
  };
  const done = async (id: string, text?: string) => {
    end();
    setState({ phase: "idle" });
    await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
    // What was wrong with a draft for the lack of it.
    void client.invalidateQueries({ queryKey: ["workflow"] });
    onConnected(id, text);
  };
  const hear = (news: ConsentNews) => {
    if (news.ok && news.connection_id !== null) return done(news.connection_id, news.text);
    end();
    setState({ phase: "refused", text: news.text });
  };
  const list = async (): Promise<readonly Connection[]> =>
    (await client.fetchQuery({ ...connectionsQuery, staleTime: 0 })).items;

  const start = async (asked: ConsentAsked) => {
    end();
    setState({ phase: "starting" });
    const popup = openWindow(`${connector.title}…`);
    const wanted: Wanted = {
      connector: connector.name,
      connectionId: asked.connectionId ?? null,
      name: asked.name,
    };
    try {
      const before = await list();
      const { authorize_url: url } = await askConsent({
        connector: connector.name,
        name: asked.name,
        connection_id: wanted.connectionId,
        scopes: [...(asked.scopes ?? [])],
        auth: asked.auth ?? null,
      });
      // Where no news arrive (another browser, a service whose page cuts them off), the list tells.
      const look = async () => {
        const made = madeSince(before, await list(), wanted);
        if (made !== undefined && watch === stop.current) await done(made.id);
      };
      // Without an answer of the server nothing is known, and the person is told so already.
      const onBack = () => void look().catch(() => undefined);
      const watch = watchConsent({
        wanted,
        popup,
        onNews: (news) => void hear(news),
        onClosed: () => {
          setState({ phase: "closed", url });
          onBack();
        },
        onBack,
      });
      stop.current = watch;
      if (popup !== null) popup.location.href = url;
      setState({ phase: "asking", url, blocked: popup === null });
    } catch (error) {
      popup?.close();
      setState({ phase: "failed", error });
    }
  };
  const forget = useCallback(() => {
    stop.current?.();
    setState({ phase: "idle" });
  }, []);
  return { state, start, forget };
}
