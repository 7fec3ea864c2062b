import { Field } from "@/shared/ui/field";
import { Textarea } from "@/shared/ui/textarea";
import { setNotes } from "../model/edits";
import type { GraphNode } from "../model/graph";
import { useSession } from "../run/session";
import { useEditor } from "../store";

export function NoteForm({ node }: { node: GraphNode }) {
  const { editing } = useSession();
  const edit = useEditor((state) => state.edit);
  return (
    <Field label="Note" hint="Shown under the node on the canvas.">
      <Textarea
        rows={6}
        value={node.notes ?? ""}
        readOnly={!editing}
        onChange={(event) =>
          edit(setNotes(node.id, event.target.value), { key: `${node.id}:notes` })
        }
      />
    </Field>
  );
}
