import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useMay } from "@/shared/api/roles";
import type { NotificationPreference } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { changePreferences, mailQuery, preferencesQuery, sendTestMail } from "./api";
import styles from "./parts.module.css";

export function NotificationsSection() {
  const client = useQueryClient();
  const query = useQuery(preferencesQuery);
  const change = useMutation({
    mutationFn: changePreferences,
    onMutate: (items) => client.setQueryData(preferencesQuery.queryKey, { items }),
    onError: toastProblem,
    onSettled: () => client.invalidateQueries({ queryKey: preferencesQuery.queryKey }),
  });
  const items = query.data?.items ?? [];
  const replace = (changed: NotificationPreference) =>
    change.mutate(items.map((item) => (item.kind === changed.kind ? changed : item)));
  const mayAdmin = useMay("admin");
  return (
    <>
      <p className={styles.text}>What you are told of in this workspace, and where.</p>
      {query.isError ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Sheet>
          {query.isPending ? <SkeletonRows rows={5} height={60} /> : null}
          {items.map((item) => (
            <PreferenceRow key={item.kind} item={item} onChange={replace} />
          ))}
        </Sheet>
      )}
      {mayAdmin ? <MailCard /> : null}
    </>
  );
}

interface PreferenceRowProps {
  item: NotificationPreference;
  onChange: (changed: NotificationPreference) => void;
}

function PreferenceRow({ item, onChange }: PreferenceRowProps) {
  return (
    <fieldset className={styles.choice} aria-label={item.title}>
      <div className={styles.main}>
        <p className={styles.name}>{item.title}</p>
        <p className={styles.line}>{item.description}</p>
      </div>
      <Switch
        label="Here"
        checked={item.in_product}
        onChange={(in_product) => onChange({ ...item, in_product })}
      />
      <Switch
        label="By mail"
        checked={item.by_mail}
        onChange={(by_mail) => onChange({ ...item, by_mail })}
      />
    </fieldset>
  );
}

function MailCard() {
  const query = useQuery(mailQuery);
  const test = useMutation({
    mutationFn: sendTestMail,
    onSuccess: ({ email }) =>
      toast({ title: "Sent", detail: `Look into the mailbox of ${email}.` }),
  });
  return (
    <Sheet>
      <div className={styles.card}>
        <h3 className={styles.heading}>Mail</h3>
        {query.isError ? (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        ) : query.data?.configured ? (
          <p className={styles.text}>
            Letters come from {query.data.sender}.
            {query.data.given_up > 0
              ? ` ${query.data.given_up} could not be delivered in the last 30 days; the log of the scheduler says why.`
              : ""}
          </p>
        ) : (
          <p className={styles.text}>
            No mail server is set, so nothing is mailed. Whoever runs Nodeloom sets{" "}
            <code>NODELOOM_SMTP_URL</code> and starts it again.
          </p>
        )}
        {test.isError ? <Problem error={test.error} /> : null}
        <Button
          className={styles.submit}
          icon={<Send aria-hidden />}
          disabled={!query.data?.configured}
          busy={test.isPending}
          onClick={() => test.mutate()}
        >
          Send a test mail to me
        </Button>
      </div>
    </Sheet>
  );
}
