import { JsonView } from "@/shared/ui/json-view";
import type { JsonObject } from "../model/graph";
import styles from "./inspector.module.css";

/** What a run begins with, before anything has come in to look at. */
export function Sample({ item }: { item: JsonObject }) {
  return (
    <details className={styles.sample}>
      <summary>What it gives</summary>
      <p className={styles.help}>An item as the service makes it, for example:</p>
      <JsonView value={item} />
    </details>
  );
}
