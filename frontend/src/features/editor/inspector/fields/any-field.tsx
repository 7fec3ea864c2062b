import { useState } from "react";
import { Button } from "@/shared/ui/button";
import { Field } from "@/shared/ui/field";
import { Segmented } from "@/shared/ui/segmented";
import { Select } from "@/shared/ui/select";
import { hasExpression } from "../../model/expression";
import type { JsonValue } from "../../model/graph";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { TemplateInput } from "../template-input";
import { useFieldError } from "../use-field-error";
import { JsonInput } from "./json-field";

type Kind = "text" | "number" | "boolean" | "json";

const KINDS: { value: Kind; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "number", label: "Number" },
  { value: "boolean", label: "Yes or no" },
  { value: "json", label: "JSON" },
];

/** A value of any type: the type is chosen beside the label, expressions make it superfluous. */
export function AnyField({ field, value, onChange, path }: FieldProps) {
  const { locked } = useForm();
  const error = useFieldError(path);
  const [wanted, setWanted] = useState<Kind | null>(null);
  const kind = wanted ?? kindOf(value);
  const choose = (next: Kind) => {
    setWanted(next);
    onChange(converted(value, next));
  };
  return (
    <Field
      label={field.label}
      hint={
        kind === "text" && looksLikeJson(value) ? (
          <>
            This is sent as a text.{" "}
            <Button size="small" onClick={() => choose("json")}>
              Make it JSON
            </Button>
          </>
        ) : (
          field.help
        )
      }
      error={error}
      required={field.required}
      aside={
        hasExpression(value) || locked ? null : (
          <span className={styles.mode} data-on={kind !== "text"}>
            <Select fit size="small" label="Type" value={kind} onChange={choose} options={KINDS} />
          </span>
        )
      }
    >
      <AnyInput
        kind={hasExpression(value) ? "text" : kind}
        value={value}
        onChange={onChange}
        example={field.schema.examples?.find((example) => typeof example === "string")}
        multiline={field.schema["x-widget"] === "multiline"}
      />
    </Field>
  );
}

interface AnyInputProps {
  kind: Kind;
  value: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
  example: JsonValue | undefined;
  multiline: boolean;
}

function AnyInput({ kind, value, onChange, example, multiline }: AnyInputProps) {
  switch (kind) {
    case "text":
      return (
        <TemplateInput
          value={typeof value === "string" ? value : ""}
          onChange={onChange}
          multiline={multiline}
          placeholder={typeof example === "string" ? example : undefined}
        />
      );
    case "number":
      return (
        <TemplateInput
          value={value === undefined || value === null ? "" : String(value)}
          onChange={(text) => onChange(numberIn(text))}
        />
      );
    case "boolean":
      return (
        <Segmented
          label="Yes or no"
          value={value === true ? "yes" : "no"}
          onChange={(next) => onChange(next === "yes")}
          options={[
            { value: "yes", label: "Yes" },
            { value: "no", label: "No" },
          ]}
        />
      );
    case "json":
      return <JsonInput value={value} onChange={onChange} />;
  }
}

function kindOf(value: JsonValue | undefined): Kind {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "object" && value !== null ? "json" : "text";
}

/** "1.": still a text on its way to a number. */
function numberIn(text: string): JsonValue {
  return text.trim() === "" || text.endsWith(".") || Number.isNaN(Number(text))
    ? text
    : Number(text);
}

function converted(value: JsonValue | undefined, kind: Kind): JsonValue {
  switch (kind) {
    case "text":
      return value === undefined || value === null
        ? ""
        : typeof value === "string"
          ? value
          : JSON.stringify(value);
    case "number":
      return Number(value) || 0;
    case "boolean":
      return value === true || value === "true";
    case "json":
      return parsed(value) ?? {};
  }
}

/** An object or list typed as text: hardly ever meant so. */
function looksLikeJson(value: JsonValue | undefined): boolean {
  return (
    typeof value === "string" && /^\s*[[{][^{]/.test(value) && typeof parsed(value) === "object"
  );
}

function parsed(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return value === "" ? undefined : value;
  }
}
