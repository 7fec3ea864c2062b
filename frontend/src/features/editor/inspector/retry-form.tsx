import { Switch } from "@/shared/ui/switch";
import type { Retry } from "../model/graph";
import styles from "./inspector.module.css";
import { NumberSetting } from "./number-setting";

interface RetryFormProps {
  retry: Retry;
  onChange: (retry: Retry) => void;
  error: string | undefined;
  locked: boolean;
}

export function RetryForm({ retry, onChange, error, locked }: RetryFormProps) {
  const set = (part: Partial<Retry>) => onChange({ ...retry, ...part });
  return (
    <div className={styles.group}>
      <NumberSetting
        label="Tries in all"
        min={1}
        error={error}
        value={retry.max_attempts}
        onChange={(max_attempts) => set({ max_attempts: max_attempts ?? 1 })}
        locked={locked}
      />
      <NumberSetting
        label="First pause (seconds)"
        value={retry.base_s}
        onChange={(base_s) => set({ base_s: base_s ?? 0 })}
        locked={locked}
      />
      <NumberSetting
        label="Each pause longer by the factor"
        min={1}
        value={retry.factor}
        onChange={(factor) => set({ factor: factor ?? 1 })}
        locked={locked}
      />
      <NumberSetting
        label="Longest pause (seconds)"
        value={retry.max_s}
        onChange={(max_s) => set({ max_s: max_s ?? 600 })}
        locked={locked}
      />
      <Switch
        label="Vary the pauses"
        hint="So that many runs don't all try at the same moment."
        checked={retry.jitter}
        onChange={(jitter) => set({ jitter })}
        disabled={locked}
      />
    </div>
  );
}
