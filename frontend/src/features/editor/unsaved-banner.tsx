import { useState } from "react";
import { Banner } from "@/shared/ui/banner";
import { Button } from "@/shared/ui/button";
import { dropUnsaved, findUnsaved } from "./model/unsaved";
import { useSession } from "./run/session";
import { useEditor } from "./store";

/** Edits that a closed or crashed page could not save any more, offered once. */
export function UnsavedBanner() {
  const { workflowId, editing } = useSession();
  const edit = useEditor((state) => state.edit);
  const [unsaved, setUnsaved] = useState(() => findUnsaved(localStorage, workflowId));
  if (unsaved === null || !editing) return null;
  return (
    <Banner
      tone="waiting"
      title="Edits of yours were not saved last time."
      actions={
        <>
          <Button
            size="small"
            onClick={() => {
              dropUnsaved(localStorage, workflowId);
              setUnsaved(null);
            }}
          >
            Discard
          </Button>
          <Button
            size="small"
            variant="primary"
            onClick={() => {
              edit(() => unsaved.graph);
              setUnsaved(null);
            }}
          >
            Bring them back
          </Button>
        </>
      }
    />
  );
}
