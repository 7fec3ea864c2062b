import { useState } from "react";
import type { JsonObject, Run } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Problem } from "@/shared/ui/problem";
import { Textarea } from "@/shared/ui/textarea";
import type { Row } from "./timeline";
import { useSettle } from "./use-run-actions";

interface SettleDialogProps {
  run: Run;
  row: Row;
  outcome: "happened" | "did_not_happen";
  onClose: () => void;
}

const words = {
  happened: {
    title: (node: string) => `“${node}” did happen`,
    description: "The run goes on from here as if the answer had come.",
    button: "It happened, go on",
  },
  did_not_happen: {
    title: (node: string) => `“${node}” did not happen`,
    description: "The call is made again.",
    button: "It did not, call again",
  },
};

export function SettleDialog({ run, row, outcome, onClose }: SettleDialogProps) {
  const [output, setOutput] = useState("");
  const settle = useSettle(run.id, row.nodeId);
  const read = readOutput(output);
  const text = words[outcome];
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={text.title(row.title)}
      description={text.description}
      footer={
        <>
          <Button onClick={onClose}>Not yet</Button>
          <Button
            variant="primary"
            busy={settle.isPending}
            disabled={read === "wrong"}
            onClick={() =>
              settle.mutate(
                {
                  outcome,
                  path: row.path,
                  ...(read && read !== "wrong" ? { output: read } : {}),
                },
                { onSuccess: onClose },
              )
            }
          >
            {text.button}
          </Button>
        </>
      }
    >
      {outcome === "happened" ? (
        <Field
          label="What it gave back"
          aside="optional"
          hint="As JSON: an object, or a list with one object for each item. The nodes after it read it."
          error={read === "wrong" ? "This is not a JSON object or a list of objects." : null}
        >
          <Textarea
            code
            rows={5}
            placeholder='{"id": "…"}'
            value={output}
            onChange={(event) => setOutput(event.target.value)}
          />
        </Field>
      ) : null}
      {settle.isError ? <Problem error={settle.error} /> : null}
    </Dialog>
  );
}

function readOutput(text: string): JsonObject | JsonObject[] | null | "wrong" {
  if (text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
    return Array.isArray(value) && value.every(isObject) ? value : "wrong";
  } catch {
    return "wrong";
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
