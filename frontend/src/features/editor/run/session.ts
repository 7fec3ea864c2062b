import { createContext, use } from "react";

/** What the whole page is about; changes seldom, so every part of the editor may read it. */
interface EditorSession {
  readonly workflowId: string;
  /** Whether the graph may be changed here: not on a phone, not by a viewer. */
  readonly editing: boolean;
  /** The version that is shown instead of the draft, as the run was of it. */
  readonly asItRan: number | null;
  /** The run whose states the canvas shows. */
  readonly runId: string | null;
  readonly showRun: (runId: string | null) => void;
}

const SessionContext = createContext<EditorSession | null>(null);

export const SessionProvider = SessionContext.Provider;

export function useSession(): EditorSession {
  const session = use(SessionContext);
  if (session === null) throw new Error("Parts of the editor need its page around them");
  return session;
}
