import { useQuery } from "@tanstack/react-query";
import { workflowQuery } from "@/shared/api/workflows";
import { Chip } from "@/shared/ui/chip";
import { useSession } from "../run/session";
import styles from "./top-bar.module.css";

export function LiveChip() {
  const { workflowId } = useSession();
  const { data: version } = useQuery({
    ...workflowQuery(workflowId),
    select: (workflow) => workflow.published_version,
  });
  return (
    <Chip tone="outline" className={styles.wide}>
      {version ? `Version ${version} is live` : "Not published"}
    </Chip>
  );
}
