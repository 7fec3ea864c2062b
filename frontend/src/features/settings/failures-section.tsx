import {
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { answer, api } from "@/shared/api/client";
import { useMay } from "@/shared/api/roles";
import { meQuery } from "@/shared/api/session";
import { workflowsQuery } from "@/shared/api/workflows";
import { Field } from "@/shared/ui/field";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { Skeleton } from "@/shared/ui/skeleton";
import { toast, toastProblem } from "@/shared/ui/toast";
import styles from "./parts.module.css";

const NOBODY = "";

function failureWorkflowQuery(workspace_id: string) {
  return queryOptions({
    queryKey: ["failure-workflow", workspace_id],
    queryFn: () =>
      answer(
        api.GET("/api/v1/workspaces/{workspace_id}/on-failure", {
          params: { path: { workspace_id } },
        }),
      ),
    enabled: workspace_id !== "",
  });
}

/** The workflow that hears of failures where no other does. */
export function FailuresSection() {
  const me = useQuery(meQuery);
  const mayAdmin = useMay("admin");
  const client = useQueryClient();
  const workspace = me.data?.member?.workspace_id ?? "";
  const query = useQuery(failureWorkflowQuery(workspace));
  const workflows = useInfiniteQuery(workflowsQuery("", 200));
  const listed = workflows.data?.pages.flatMap((page) => page.items) ?? [];
  const choose = useMutation({
    mutationFn: (workflow_id: string | null) =>
      answer(
        api.PUT("/api/v1/workspaces/{workspace_id}/on-failure", {
          params: { path: { workspace_id: workspace } },
          body: { workflow_id },
        }),
      ),
    onSuccess: (chosen) => {
      client.setQueryData(failureWorkflowQuery(workspace).queryKey, chosen);
      toast({ title: "Saved" });
    },
    onError: toastProblem,
  });
  const chosen = query.data?.workflow_id ?? NOBODY;
  const known = chosen === NOBODY || listed.some((workflow) => workflow.id === chosen);
  const silent = chosen !== NOBODY && !query.data?.live;
  return (
    <Sheet>
      <div className={styles.card}>
        <p className={styles.text}>
          A run that fails starts the trigger “On failure”: that of its own workflow, else that of
          the workflow which its settings name, else that of the one chosen here.
        </p>
        {query.isPending ? <Skeleton height={60} /> : null}
        {query.isError ? (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {query.isSuccess ? (
          <Field
            label="Told of failures by default"
            error={
              silent ? "It is not published with the trigger “On failure”: nobody is told." : null
            }
          >
            <Select
              value={chosen}
              disabled={!mayAdmin || choose.isPending}
              onChange={(id) => choose.mutate(id === NOBODY ? null : id)}
              options={[
                { value: NOBODY, label: "Nobody" },
                ...listed.map((workflow) => ({ value: workflow.id, label: workflow.name })),
                ...(known ? [] : [{ value: chosen, label: query.data.workflow_name ?? "Gone" }]),
              ]}
            />
          </Field>
        ) : null}
      </div>
    </Sheet>
  );
}
