import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import type { FieldProps } from "../field-props";
import { useFieldError } from "../use-field-error";

/** For the secret of a connection only: parameters never hold one. */
export function SecretField({ field, value, onChange, path }: FieldProps) {
  const error = useFieldError(path);
  return (
    <Field label={field.label} hint={field.help} error={error} required={field.required}>
      <Input
        type="password"
        autoComplete="off"
        value={typeof value === "string" ? value : ""}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
