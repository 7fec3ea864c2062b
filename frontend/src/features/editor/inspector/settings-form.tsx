import { Field } from "@/shared/ui/field";
import { Select } from "@/shared/ui/select";
import { Switch } from "@/shared/ui/switch";
import { setDisabled, setSettings } from "../model/edits";
import { DEFAULT_RETRY, type GraphNode, type NodeSettings } from "../model/graph";
import { effectOf, mayBeInDoubt, type NodeType } from "../model/node-type";
import { problemsAt } from "../model/problems";
import { useNodeProblems } from "../run/problems";
import { useSession } from "../run/session";
import { useEditor } from "../store";
import { NumberSetting } from "./number-setting";
import { RetryForm } from "./retry-form";

interface SettingsFormProps {
  node: GraphNode;
  type: NodeType | undefined;
}

const ON_ERROR: { value: NodeSettings["on_error"]; label: string }[] = [
  { value: "stop", label: "Stop the run" },
  { value: "continue", label: "Go on with the items as they came in" },
  { value: "port", label: "Send them out of the port “error”" },
];

const IN_DOUBT: { value: NodeSettings["in_doubt"]; label: string }[] = [
  { value: "ask", label: "Ask a person" },
  { value: "repeat", label: "Do it again" },
  { value: "fail", label: "Fail the run" },
];

export function SettingsForm({ node, type }: SettingsFormProps) {
  const { editing } = useSession();
  const edit = useEditor((state) => state.edit);
  const problems = useNodeProblems(node.id);
  const { settings } = node;
  const set = (part: Partial<NodeSettings>) =>
    edit(setSettings(node.id, part), { key: `${node.id}.settings` });
  const wrong = (name: string) => problemsAt(problems, `settings.${name}`)[0]?.message;
  const locked = !editing;
  return (
    <>
      <Switch
        label="On"
        hint="A node that is off lets its items pass unchanged."
        checked={!node.disabled}
        onChange={(on) => edit(setDisabled(new Set([node.id]), !on))}
        disabled={locked}
      />
      {type?.can_fail === false || type?.trigger ? null : (
        <Field label="If it fails" error={wrong("on_error")}>
          <Select
            value={settings.on_error}
            onChange={(on_error) => set({ on_error })}
            options={ON_ERROR}
            disabled={locked}
          />
        </Field>
      )}
      {mayBeInDoubt(effectOf(type, node.params)) ? (
        <Field
          label="If it is unclear whether it happened"
          hint="When the call left and no answer came back."
        >
          <Select
            value={settings.in_doubt}
            onChange={(in_doubt) => set({ in_doubt })}
            options={IN_DOUBT}
            disabled={locked}
          />
        </Field>
      ) : null}
      {type?.trigger ? null : (
        <>
          <Switch
            label="Try again when it fails"
            checked={settings.retry !== null}
            onChange={(on) => set({ retry: on ? DEFAULT_RETRY : null })}
            disabled={locked}
          />
          {settings.retry === null ? null : (
            <RetryForm
              retry={settings.retry}
              onChange={(retry) => set({ retry })}
              error={wrong("retry")}
              locked={locked}
            />
          )}
          <NumberSetting
            label="Timeout (seconds)"
            hint={type?.effect === "none" ? "Empty: no limit but the run's." : "Empty: 300."}
            error={wrong("timeout_s")}
            value={settings.timeout_s}
            onChange={(timeout_s) => set({ timeout_s })}
            locked={locked}
          />
          <Switch
            label="Always give an item"
            hint="An empty one where there would be none, so that what follows runs."
            checked={settings.always_output}
            onChange={(always_output) => set({ always_output })}
            disabled={locked}
          />
          <Switch
            label="Run once"
            hint="For the first item only, however many come in."
            checked={settings.execute_once}
            onChange={(execute_once) => set({ execute_once })}
            disabled={locked}
          />
        </>
      )}
    </>
  );
}
