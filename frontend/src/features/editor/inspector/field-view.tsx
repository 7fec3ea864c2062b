import type { ComponentType } from "react";
import type { FieldKind } from "../model/fields";
import type { FieldProps } from "./field-props";
import { AnyField } from "./fields/any-field";
import { AuthField } from "./fields/auth-field";
import { ChoiceField } from "./fields/choice-field";
import { CodeField } from "./fields/code-field";
import { ConditionsField } from "./fields/conditions-field";
import { CronField } from "./fields/cron-field";
import { GroupField } from "./fields/group-field";
import { JsonField } from "./fields/json-field";
import { KeyValueField } from "./fields/key-value-field";
import { ListField } from "./fields/list-field";
import { NumberField } from "./fields/number-field";
import { OptionsField } from "./fields/options-field";
import { OptionsListField } from "./fields/options-list-field";
import { OutlineField } from "./fields/outline-field";
import { RowField } from "./fields/row-field";
import { SecretField } from "./fields/secret-field";
import { SwitchField } from "./fields/switch-field";
import { TableField } from "./fields/table-field";
import { TextField } from "./fields/text-field";
import { TriggerField } from "./fields/trigger-field";
import { WorkflowField } from "./fields/workflow-field";

// One entry a kind: a new kind without a field is a compile error, not a blank form.
const views: Record<FieldKind, ComponentType<FieldProps>> = {
  text: TextField,
  multiline: TextField,
  code: CodeField,
  secret: SecretField,
  number: NumberField,
  switch: SwitchField,
  choice: ChoiceField,
  list: ListField,
  outline: OutlineField,
  group: GroupField,
  "key-value": KeyValueField,
  conditions: ConditionsField,
  cron: CronField,
  auth: AuthField,
  table: TableField,
  row: RowField,
  workflow: WorkflowField,
  trigger: TriggerField,
  options: OptionsField,
  "options-list": OptionsListField,
  any: AnyField,
  json: JsonField,
};

export function FieldView(props: FieldProps) {
  const View = views[props.field.kind];
  return (
    <div data-field={props.path}>
      <View {...props} />
    </div>
  );
}
