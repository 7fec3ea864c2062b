import { CloudOff, Pencil } from "lucide-react";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { toastProblem } from "@/shared/ui/toast";
import { useSession } from "../run/session";
import type { SaveState } from "../saving/draft-saver";
import { useSaver, useSaveState } from "../saving/saver";

const WORDS: Record<SaveState["kind"], string> = {
  saved: "Saved",
  unsaved: "Saving…",
  saving: "Saving…",
  offline: "Offline, will retry",
  refused: "Not saved",
  conflict: "Changed elsewhere",
};

export function SaveChip() {
  const { editing } = useSession();
  const saver = useSaver();
  const state = useSaveState();
  if (!editing) return null;
  const troubled =
    state.kind === "offline" || state.kind === "refused" || state.kind === "conflict";
  return (
    <span role="status" aria-label="Draft">
      <Chip
        tone={troubled ? "warning" : "accent"}
        icon={state.kind === "offline" ? <CloudOff aria-hidden /> : <Pencil aria-hidden />}
      >
        {WORDS[state.kind]}
      </Chip>
      {state.kind === "refused" ? (
        <Button
          size="small"
          variant="quiet"
          onClick={() => {
            toastProblem(state.error);
            void saver.flush().catch(() => undefined);
          }}
        >
          Why?
        </Button>
      ) : null}
    </span>
  );
}
