import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/shared/api/roles";
import { meQuery } from "@/shared/api/session";
import type { Invite } from "@/shared/api/types";
import { capitalized } from "@/shared/lib/capitalized";
import { exactTime } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toastProblem } from "@/shared/ui/toast";
import { invitesQuery, membersQuery, revokeInvite } from "./api";
import { InviteDialog } from "./invite-dialog";
import { MemberRow } from "./member-row";
import styles from "./parts.module.css";

export function MembersSection() {
  const query = useQuery(membersQuery);
  const { data: me } = useQuery(meQuery);
  const mayInvite = useMay("admin");
  const [inviting, setInviting] = useState(false);
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.intro}>
          A viewer looks, a runner starts and stops runs, an editor changes and publishes workflows,
          an admin also manages people and keys.
        </p>
        {mayInvite ? (
          <Button
            variant="primary"
            icon={<UserPlus aria-hidden />}
            onClick={() => setInviting(true)}
          >
            Invite
          </Button>
        ) : null}
      </div>
      {query.isError ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Sheet>
          {query.isPending ? <SkeletonRows rows={2} height={60} /> : null}
          <ul>
            {query.data?.items.map((member) => (
              <MemberRow key={member.id} member={member} own={me?.member ?? null} />
            ))}
          </ul>
        </Sheet>
      )}
      {mayInvite ? <OpenInvites /> : null}
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </>
  );
}

function OpenInvites() {
  const client = useQueryClient();
  const query = useQuery(invitesQuery);
  const revoke = useMutation({
    mutationFn: revokeInvite,
    onSuccess: () => client.invalidateQueries({ queryKey: invitesQuery.queryKey }),
    onError: toastProblem,
  });
  const invites = query.data?.items ?? [];
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (invites.length === 0) return null;
  return (
    <>
      <h3 className={styles.heading}>Invites that nobody accepted yet</h3>
      <Sheet>
        <ul>
          {invites.map((invite) => (
            <li key={invite.id} className={styles.row}>
              <div className={styles.main}>
                <p className={styles.name}>{invite.email ?? "Whoever has the link"}</p>
                <p className={styles.line}>
                  by {invite.invited_by} · {ends(invite)}
                </p>
              </div>
              <Chip>{capitalized(invite.role)}</Chip>
              <Button
                busy={revoke.isPending && revoke.variables === invite.id}
                onClick={() => revoke.mutate(invite.id)}
              >
                Withdraw
              </Button>
            </li>
          ))}
        </ul>
      </Sheet>
    </>
  );
}

function ends(invite: Invite): string {
  return invite.expired ? "has expired" : `good until ${exactTime(invite.expires_at)}`;
}
