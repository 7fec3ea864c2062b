import { type ComponentType, createContext, use } from "react";
import type { FieldSchema } from "../model/fields";
import type { JsonObject } from "../model/graph";
import type { Problem } from "../model/problems";
import type { FieldProps } from "./field-props";

/** What every field of a form may need beside its own value. */
interface FormContextValue {
  readonly root: FieldSchema;
  readonly values: JsonObject;
  readonly problems: readonly Problem[];
  readonly locked: boolean;
  /** Whether values may be `{{ … }}`; the secret of a connection may not. */
  readonly expressions: boolean;
  /** The account that choices are listed of, where the form is that of a node with one. */
  readonly connectionId: string | null;
  /** Draws a field of any kind; given from above because lists and groups hold fields again. */
  readonly View: ComponentType<FieldProps>;
}

const FormContext = createContext<FormContextValue | null>(null);

export const FormProvider = FormContext.Provider;

export function useForm(): FormContextValue {
  const form = use(FormContext);
  if (form === null) throw new Error("A field needs a form around it");
  return form;
}
