import { ExternalLink } from "lucide-react";
import type { Connector } from "@/shared/api/types";
import { Banner } from "@/shared/ui/banner";
import { Problem } from "@/shared/ui/problem";
import type { ConsentPhase } from "./use-consent";

/** What goes on in the other window, and what to do when nothing does. */
export function ConsentState({ state, connector }: { state: ConsentPhase; connector: Connector }) {
  const { title } = connector;
  switch (state.phase) {
    case "idle":
    case "starting":
      return null;
    case "asking":
      return state.blocked ? (
        <Banner tone="waiting" title="The browser blocked the window.">
          Allow windows for this page, or say yes on <PageLink url={state.url} title={title} /> and
          come back here.
        </Banner>
      ) : (
        <Banner title={`${title} asks in a window of its own.`}>
          Say yes there; this goes on by itself. No window to be seen? It is{" "}
          <PageLink url={state.url} title={title} />.
        </Banner>
      );
    case "closed":
      return (
        <Banner tone="waiting" title="The window is closed, and nothing was connected yet.">
          Still open? Go on there. Else try once more, or say yes on{" "}
          <PageLink url={state.url} title={title} /> in a tab.
        </Banner>
      );
    case "refused":
      return (
        <Banner tone="failed" title="Nothing was connected.">
          {state.text}
        </Banner>
      );
    case "failed":
      return <Problem error={state.error} />;
  }
}

function PageLink({ url, title }: { url: string; title: string }) {
  return (
    <a href={url} target="_blank" rel="noreferrer">
      the page of {title} <ExternalLink aria-hidden size={12} />
    </a>
  );
}
