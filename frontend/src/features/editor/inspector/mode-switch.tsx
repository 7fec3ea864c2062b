import { Segmented } from "@/shared/ui/segmented";
import { hasExpression } from "../model/expression";
import type { JsonValue } from "../model/graph";
import { useForm } from "./form-context";
import styles from "./inspector.module.css";

interface ModeSwitchProps {
  value: JsonValue | undefined;
  /** What a fixed value starts with when the expression is given up. */
  fixed: JsonValue | undefined;
  onChange: (value: JsonValue | undefined) => void;
}

/** Fixed or Expression. A value is an expression when it holds one: there is no other state to keep. */
export function ModeSwitch({ value, fixed, onChange }: ModeSwitchProps) {
  const { locked, expressions } = useForm();
  if (!expressions || locked) return null;
  const mode = hasExpression(value) ? "expression" : "fixed";
  return (
    <span className={styles.mode} data-on={mode === "expression"}>
      <Segmented
        label="Fixed or expression"
        value={mode}
        onChange={(next) =>
          onChange(next === "fixed" ? withoutExpression(value, fixed) : asExpression(value))
        }
        options={[
          { value: "fixed", label: "Fixed" },
          { value: "expression", label: "Expression" },
        ]}
      />
    </span>
  );
}

/** The value as the literal inside an expression, so that nothing typed is lost. */
function asExpression(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === "") return "{{  }}";
  return typeof value === "string" ? `${value} {{  }}` : `{{ ${JSON.stringify(value)} }}`;
}

function withoutExpression(
  value: JsonValue | undefined,
  fixed: JsonValue | undefined,
): JsonValue | undefined {
  if (typeof value !== "string" || typeof fixed !== "string") return fixed;
  return value.replace(/\{\{[\s\S]*?\}\}/g, "").trim();
}
