import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { connectorsQuery } from "@/shared/api/catalog";
import { connectionsQuery } from "@/shared/api/connections";
import { ApiError } from "@/shared/api/problem";
import { Reconnect } from "@/shared/connections/reconnect";
import { Combobox, type ComboboxItem } from "@/shared/ui/combobox";
import { Problem } from "@/shared/ui/problem";
import { hasExpression } from "../../model/expression";
import type { Field } from "../../model/fields";
import { choicesOf, chooseFirst, optionsOf, paramsFor, unmetOf } from "../../model/options";
import { remember, useWithLabels } from "../../run/option-labels";
import { type Options, useOptions } from "../../run/use-options";
import { useForm } from "../form-context";

interface OptionsPickerProps {
  field: Field;
  chosen: readonly string[];
  onChoose: (value: string) => void;
  several?: boolean;
}

/** What the service lists, to be searched and chosen from; or what was typed, as it is. */
export function OptionsPicker({ field, chosen, onChoose, several = false }: OptionsPickerProps) {
  const { root, values, locked, connectionId } = useForm();
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const hint = optionsOf(field.schema, root);
  const unmet = hint === null ? null : unmetOf(hint, root, values);
  const ready = hint !== null && connectionId !== null && unmet === null;
  const listed = ready ? { connectionId, loader: hint.loader } : null;
  const unnamed = useWithLabels((labelOf) =>
    chosen.some((value) => !hasExpression(value) && listed !== null && !labelOf(listed, value)),
  );
  const options = useOptions({
    listed,
    params: hint === null ? {} : paramsFor(hint, root, values),
    search,
    wanted: open || unnamed,
    chosen,
  });
  const shown = useOptionLabel(field, chosen[0] ?? "");
  const choose = (item: ComboboxItem) => {
    if (listed !== null && options.items.some((option) => option.value === item.value))
      remember(listed, [item]);
    onChoose(item.value);
  };
  const clearable = !field.required && !several && chosen.length > 0;
  return (
    <Combobox
      shown={shown}
      placeholder={placeholder(several, connectionId, unmet)}
      chosen={chosen}
      items={choicesOf(options.items, { search, clearable })}
      search={search}
      onSearch={(typed) => {
        setSearch(typed);
        if (typed === "=") onChoose("{{  }}");
      }}
      onChoose={choose}
      onOpen={() => setOpen(true)}
      onEnd={options.more}
      onRefresh={options.refresh}
      busy={options.busy}
      several={several}
      disabled={locked || !ready}
      notice={<Notice options={options} search={search} />}
    />
  );
}

function placeholder(
  several: boolean,
  connectionId: string | null,
  unmet: ReturnType<typeof unmetOf>,
): string {
  if (connectionId === null) return "Choose a connection first";
  if (unmet !== null) return chooseFirst(unmet);
  return several ? "Add…" : "Choose…";
}

/** The label of a value, as far as this browser has seen it. */
export function useOptionLabel(field: Field, value: string): string {
  const { root, connectionId } = useForm();
  const loader = optionsOf(field.schema, root)?.loader;
  return useWithLabels((labelOf) =>
    connectionId === null || loader === undefined
      ? value
      : (labelOf({ connectionId, loader }, value) ?? value),
  );
}

/** In place of choices: why there are none. */
function Notice({ options, search }: { options: Options; search: string }) {
  if (options.error) return <OptionsProblem error={options.error} onRetry={options.refresh} />;
  if (options.busy || options.items.length > 0) return null;
  return search === "" ? "There is nothing to choose from yet." : "Nothing is found by that.";
}

/** Whether the service no longer takes the account. */
function wantsAccount(error: unknown): boolean {
  return error instanceof ApiError && error.code === "reconnect";
}

function OptionsProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { connectionId } = useForm();
  const connections = useQuery(connectionsQuery);
  const connectors = useQuery(connectorsQuery);
  const connection = connections.data?.items.find((candidate) => candidate.id === connectionId);
  const connector = connectors.data?.items.find(
    (candidate) => candidate.name === connection?.connector,
  );
  return (
    <Problem
      error={error}
      onRetry={onRetry}
      action={
        connection && connector && wantsAccount(error) ? (
          <Reconnect size="small" connection={connection} connector={connector} />
        ) : null
      }
    />
  );
}
