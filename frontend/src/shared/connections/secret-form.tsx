import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { PasswordInput } from "@/shared/ui/password-input";
import { Select } from "@/shared/ui/select";
import { Switch } from "@/shared/ui/switch";
import { Textarea } from "@/shared/ui/textarea";
import type { SecretField } from "./secret-schema";

interface SecretFormProps {
  fields: readonly SecretField[];
  typed: Readonly<Record<string, string>>;
  onChange: (name: string, value: string) => void;
  errors: Readonly<Record<string, string>>;
}

/** The form of a secret, from its schema alone. */
export function SecretForm({ fields, typed, onChange, errors }: SecretFormProps) {
  return fields.map((field) => (
    <OneField
      key={field.name}
      field={field}
      value={typed[field.name] ?? field.initial}
      onChange={(value) => onChange(field.name, value)}
      error={errors[field.name] ?? errors[`secret.${field.name}`]}
    />
  ));
}

interface OneFieldProps {
  field: SecretField;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}

function OneField({ field, value, onChange, error }: OneFieldProps) {
  if (field.kind === "switch") {
    return (
      <Switch
        label={field.title}
        hint={field.hint}
        checked={value === "true"}
        onChange={(on) => onChange(String(on))}
      />
    );
  }
  return (
    <Field label={field.title} hint={field.hint} required={field.required} error={error}>
      <Control field={field} value={value} onChange={onChange} />
    </Field>
  );
}

function Control({ field, value, onChange }: Omit<OneFieldProps, "error">) {
  switch (field.kind) {
    case "choice":
      return <Select value={value} onChange={onChange} options={field.choices} />;
    case "password":
      return (
        <PasswordInput
          autoComplete="off"
          code
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "long":
      return <Textarea code value={value} onChange={(event) => onChange(event.target.value)} />;
    default:
      return (
        <Input
          autoComplete="off"
          inputMode={field.kind === "number" ? "decimal" : "text"}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
