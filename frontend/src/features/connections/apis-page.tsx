import { useQuery } from "@tanstack/react-query";
import { Braces, Plus } from "lucide-react";
import { useState } from "react";
import { apisQuery, type OwnApi } from "@/shared/api/apis";
import { useMay } from "@/shared/api/roles";
import { plural } from "@/shared/lib/format";
import { useTitle } from "@/shared/lib/use-title";
import { Button } from "@/shared/ui/button";
import { EmptyState } from "@/shared/ui/empty-state";
import { PageBody, PageTop, Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { ApiDialog } from "./api-dialog";
import styles from "./apis-page.module.css";
import { ConnectionsNav } from "./connections-nav";
import { DeleteApiDialog } from "./delete-api-dialog";

export function ApisPage() {
  useTitle("APIs");
  const mayEdit = useMay("editor");
  const [adding, setAdding] = useState(false);
  const apis = useQuery(apisQuery);
  const items = apis.data?.items ?? [];
  const add = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      New API
    </Button>
  );
  return (
    <>
      <PageTop
        title="Connections"
        chips={<ConnectionsNav />}
        actions={mayEdit && items.length > 0 ? add : null}
      />
      <PageBody>
        {apis.isPending ? (
          <Sheet>
            <SkeletonRows rows={2} height={57} />
          </Sheet>
        ) : null}
        {apis.isError ? <Problem error={apis.error} onRetry={() => void apis.refetch()} /> : null}
        {apis.isSuccess && items.length === 0 ? (
          <EmptyState
            icon={<Braces aria-hidden />}
            title="Any API becomes a connector"
            action={mayEdit ? add : null}
          >
            Give the OpenAPI document of a service, or its address: each of its operations is then a
            node in the palette, without any code.
          </EmptyState>
        ) : null}
        {items.length > 0 ? (
          <Sheet>
            <ul>
              {items.map((each) => (
                <ApiRow key={each.name} known={each} mayEdit={mayEdit} />
              ))}
            </ul>
          </Sheet>
        ) : null}
      </PageBody>
      {adding ? <ApiDialog onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function ApiRow({ known, mayEdit }: { known: OwnApi; mayEdit: boolean }) {
  const [open, setOpen] = useState<"replace" | "delete" | null>(null);
  return (
    <li className={styles.row}>
      <Braces aria-hidden className={styles.mark} />
      <span className={styles.words}>
        <span className={styles.title}>{known.title}</span>
        <span className={styles.about}>
          {plural(known.operations, "operation")}
          {known.address ? ` · ${known.address}` : ""}
        </span>
      </span>
      {mayEdit ? (
        <span className={styles.actions}>
          <Button onClick={() => setOpen("replace")}>New document</Button>
          <Button onClick={() => setOpen("delete")}>Delete</Button>
        </span>
      ) : null}
      {open === "replace" ? <ApiDialog known={known} onClose={() => setOpen(null)} /> : null}
      {open === "delete" ? <DeleteApiDialog known={known} onClose={() => setOpen(null)} /> : null}
    </li>
  );
}
