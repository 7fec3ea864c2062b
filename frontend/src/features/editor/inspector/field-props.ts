import type { Field } from "../model/fields";
import type { JsonValue } from "../model/graph";

export interface FieldProps {
  readonly field: Field;
  /** `undefined` while the parameter is not set and its default holds. */
  readonly value: JsonValue | undefined;
  readonly onChange: (value: JsonValue | undefined) => void;
  /** Where the value stands in the parameters, as problems name it: `fields[0].value`. */
  readonly path: string;
}
