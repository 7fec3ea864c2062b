import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/shared/ui/button";
import { Menu, MenuItem } from "@/shared/ui/menu";
import { type Field, type FieldSchema, fieldsOf, isShown } from "../model/fields";
import type { JsonObject, JsonValue } from "../model/graph";
import { problemsInside } from "../model/problems";
import { useForm } from "./form-context";
import styles from "./inspector.module.css";

interface FieldsFormProps {
  schema: FieldSchema;
  values: JsonObject;
  onChange: (name: string, value: JsonValue | undefined) => void;
  /** The path of the object these fields belong to; empty for the parameters themselves. */
  path?: string;
}

/** The fields of an object: required first, seldom used ones behind "Add option". */
export function FieldsForm({ schema, values, onChange, path = "" }: FieldsFormProps) {
  const { root, problems, locked, View } = useForm();
  const [added, setAdded] = useState<readonly string[]>([]);
  const fields = fieldsOf(schema, root);
  const at = (field: Field) => (path === "" ? field.name : `${path}.${field.name}`);
  const tucked = (field: Field) =>
    field.advanced &&
    values[field.name] === undefined &&
    !added.includes(field.name) &&
    problemsInside(problems, at(field)).length === 0;
  const shown = fields.filter((field) => isShown(field, fields, values));
  const options = shown.filter(tucked);
  return (
    <>
      {shown
        .filter((field) => !tucked(field))
        .map((field) => (
          <View
            key={field.name}
            field={field}
            value={values[field.name]}
            onChange={(value) => onChange(field.name, value)}
            path={at(field)}
          />
        ))}
      {options.length > 0 && !locked ? (
        <Menu
          align="start"
          trigger={
            <Button
              variant="quiet"
              size="small"
              className={styles.addOption}
              icon={<Plus aria-hidden />}
            >
              Add option
            </Button>
          }
        >
          {options.map((field) => (
            <MenuItem key={field.name} onSelect={() => setAdded([...added, field.name])}>
              {field.label}
            </MenuItem>
          ))}
        </Menu>
      ) : null}
    </>
  );
}
