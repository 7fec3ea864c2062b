import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Switch } from "@/shared/ui/switch";
import { NumberSetting } from "../inspector/number-setting";
import { setGraphSettings } from "../model/edits";
import type { GraphSettings } from "../model/graph";
import { useSession } from "../run/session";
import { useEditor } from "../store";
import { FailureWorkflow } from "./failure-workflow";
import styles from "./top-bar.module.css";

const ZONES = Intl.supportedValuesOf("timeZone");

/** Settings of the graph: part of the draft, saved and undone like any edit. */
export function WorkflowSettings({ onClose }: { onClose: () => void }) {
  const { editing } = useSession();
  const settings = useEditor((state) => state.graph.settings);
  const edit = useEditor((state) => state.edit);
  const set = (part: Partial<GraphSettings>) => edit(setGraphSettings(part), { key: "settings" });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Workflow settings"
      description="They take effect with the next Publish."
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className={styles.dialog}>
        <Field label="Time zone" hint="For dates in expressions, such as $now.">
          <Input
            list="time-zones"
            value={settings.timezone}
            readOnly={!editing}
            onChange={(event) => set({ timezone: event.target.value })}
          />
        </Field>
        <datalist id="time-zones">
          {ZONES.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <NumberSetting
          label="A run takes at most (seconds)"
          hint="Waiting does not count. Empty: no limit."
          value={settings.timeout_s}
          onChange={(timeout_s) => set({ timeout_s })}
          locked={!editing}
        />
        <NumberSetting
          label="Runs at the same time"
          hint="Further runs wait for their turn. Empty: no limit."
          min={1}
          value={settings.max_concurrent_runs}
          onChange={(max_concurrent_runs) => set({ max_concurrent_runs })}
          locked={!editing}
        />
        <FailureWorkflow
          value={settings.on_failure_workflow}
          onChange={(on_failure_workflow) => set({ on_failure_workflow })}
          locked={!editing}
        />
        <Switch
          label="Keep events while it is off"
          hint="What comes in while nothing is published waits in the inbox."
          checked={settings.keep_when_off}
          onChange={(keep_when_off) => set({ keep_when_off })}
          disabled={!editing}
        />
      </div>
    </Dialog>
  );
}
