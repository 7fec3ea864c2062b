import { createContext, use, useSyncExternalStore } from "react";
import type { DraftSaver, SaveState } from "./draft-saver";

const SaverContext = createContext<DraftSaver | null>(null);

export const SaverProvider = SaverContext.Provider;

export function useSaver(): DraftSaver {
  const saver = use(SaverContext);
  if (saver === null) throw new Error("Saving needs the editor's page around it");
  return saver;
}

export function useSaveState(): SaveState {
  const saver = useSaver();
  return useSyncExternalStore(saver.subscribe, saver.current);
}
