import { useQuery } from "@tanstack/react-query";
import { exactTime } from "@/shared/lib/format";
import { schedulePreviewQuery } from "../../api/schedule-preview";
import type { FieldProps } from "../field-props";
import { useForm } from "../form-context";
import styles from "../inspector.module.css";
import { TextField } from "./text-field";

/** A schedule, with the next times it means. */
export function CronField(props: FieldProps) {
  const { values } = useForm();
  const cron = typeof props.value === "string" ? props.value.trim() : "";
  const timezone = typeof values.timezone === "string" ? values.timezone : "UTC";
  const preview = useQuery({
    ...schedulePreviewQuery({ cron, timezone }),
    enabled: cron.startsWith("@") || cron.split(/\s+/).length >= 5,
  });
  return (
    <div>
      <TextField {...props} />
      {preview.data ? (
        <div className={styles.times}>
          <p>{preview.data.description}</p>
          <ol aria-label="Next times">
            {preview.data.times.map((time) => (
              <li key={time}>{exactTime(time)}</li>
            ))}
          </ol>
        </div>
      ) : null}
      {preview.isError ? <p className={styles.wrong}>{preview.error.message}</p> : null}
    </div>
  );
}
