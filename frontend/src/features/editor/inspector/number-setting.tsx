import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";

interface NumberSettingProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  value: number | null;
  onChange: (value: number | null) => void;
  locked?: boolean;
  min?: number;
}

/** A plain number, or nothing. */
export function NumberSetting({
  label,
  hint,
  error,
  value,
  onChange,
  locked = false,
  min = 0,
}: NumberSettingProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      <Input
        type="number"
        min={min}
        value={value ?? ""}
        readOnly={locked}
        onChange={(event) =>
          onChange(event.target.value === "" ? null : event.target.valueAsNumber)
        }
      />
    </Field>
  );
}
