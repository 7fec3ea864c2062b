import { FileInput } from "lucide-react";
import { Problem } from "@/shared/ui/problem";
import { ImportButton } from "./import-button";
import { StartCards } from "./start-cards";
import styles from "./start-page.module.css";
import { useCreateFromStart } from "./use-create";

/** The empty workspace. */
export function StartPage() {
  const create = useCreateFromStart();
  return (
    <main className={styles.ground}>
      <div className={styles.column}>
        <h2 className={styles.title}>How does it begin?</h2>
        <p className={styles.lead}>
          A workflow starts with one event. Choose it, and the rest follows step by step.
        </p>
        <StartCards
          disabled={create.isPending}
          onChoose={(start) => create.mutate({ name: "Untitled workflow", start })}
        />
        {create.isError ? <Problem error={create.error} /> : null}
        <div className={styles.import}>
          <FileInput aria-hidden />
          <span>You have a workflow as a file?</span>
          <ImportButton />
        </div>
      </div>
    </main>
  );
}
