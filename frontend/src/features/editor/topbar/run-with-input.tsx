import { ChevronDown } from "lucide-react";
import { useState } from "react";
import type { JsonObject, JsonValue } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { IconButton } from "@/shared/ui/icon-button";
import { Select } from "@/shared/ui/select";
import { Textarea } from "@/shared/ui/textarea";
import { isTrigger } from "../model/node-type";
import type { useStartRun } from "../run/use-start-run";
import { useEditor } from "../store";
import styles from "./top-bar.module.css";

/** Runs from a chosen trigger with JSON typed in, as if it had come from outside. */
export function RunWithInput({ start }: { start: ReturnType<typeof useStartRun> }) {
  const nodes = useEditor((state) => state.graph.nodes);
  const types = useEditor((state) => state.types);
  const triggers = nodes.filter((node) => isTrigger(types.get(node.type)) && !node.disabled);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("{}");
  const [chosen, setChosen] = useState<string | null>(null);
  const trigger = triggers.find((node) => node.id === chosen) ?? triggers[0];
  const input = read(text);
  const run = () => {
    if (input === undefined) return;
    setOpen(false);
    start.mutate({ input, ...(trigger === undefined ? {} : { trigger: trigger.id }) });
  };
  return (
    <>
      <IconButton
        variant="default"
        className={styles.split}
        label="Run with input…"
        icon={<ChevronDown aria-hidden />}
        onClick={() => setOpen(true)}
      />
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Run with input"
        description="The item, or a list of items, that the trigger gives."
        footer={
          <Button variant="primary" disabled={input === undefined} onClick={run}>
            Start the run
          </Button>
        }
      >
        <div className={styles.dialog}>
          {triggers.length > 1 ? (
            <Field label="Start from">
              <Select
                value={trigger?.id}
                onChange={setChosen}
                options={triggers.map((node) => ({ value: node.id, label: node.title }))}
              />
            </Field>
          ) : null}
          <Field
            label="Input"
            hint={'For a webhook: {"body": {…}, "headers": {}, "query": {}}'}
            error={input === undefined ? "This is not a JSON object or a list of them." : undefined}
          >
            <Textarea
              code
              rows={10}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </Field>
        </div>
      </Dialog>
    </>
  );
}

function read(text: string): JsonObject | JsonObject[] | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return typeof value === "object" && value !== null
      ? (value as JsonObject | JsonObject[])
      : undefined;
  } catch {
    return undefined;
  }
}
