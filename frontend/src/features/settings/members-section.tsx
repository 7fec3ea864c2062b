import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useState } from "react";
import { atLeast, ROLES } from "@/shared/api/roles";
import { meQuery } from "@/shared/api/session";
import type { Member, Role } from "@/shared/api/types";
import { capitalized } from "@/shared/lib/capitalized";
import { Chip } from "@/shared/ui/chip";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { IconButton } from "@/shared/ui/icon-button";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { Select } from "@/shared/ui/select";
import { SkeletonRows } from "@/shared/ui/skeleton";
import { toast, toastProblem } from "@/shared/ui/toast";
import { changeRole, membersQuery, removeMember } from "./api";
import styles from "./parts.module.css";

export function MembersSection() {
  const query = useQuery(membersQuery);
  const { data: me } = useQuery(meQuery);
  const own = me?.member ?? null;
  return (
    <>
      <p className={styles.text}>
        Who works in this workspace, and what they may do: a viewer looks, a runner starts and stops
        runs, an editor changes and publishes workflows, an admin also manages people and keys.
      </p>
      {query.isError ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Sheet>
          {query.isPending ? <SkeletonRows rows={2} height={60} /> : null}
          <ul>
            {query.data?.items.map((member) => (
              <MemberRow key={member.id} member={member} own={own} />
            ))}
          </ul>
        </Sheet>
      )}
    </>
  );
}

function MemberRow({ member, own }: { member: Member; own: Member | null }) {
  const client = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const refetch = () => client.invalidateQueries({ queryKey: membersQuery.queryKey });
  const change = useMutation({
    mutationFn: (role: Role) => changeRole(member.id, role),
    onSuccess: () => {
      toast({ title: `${member.name} has another role now` });
      return refetch();
    },
    onError: toastProblem,
  });
  const remove = useMutation({ mutationFn: () => removeMember(member.id), onSuccess: refetch });
  const mayChange =
    own !== null &&
    own.id !== member.id &&
    atLeast(own.role, "admin") &&
    atLeast(own.role, member.role);
  const roles = own ? ROLES.filter((role) => atLeast(own.role, role)) : [];
  return (
    <li className={styles.row}>
      <div className={styles.main}>
        <p className={styles.name}>
          {member.name} {own?.id === member.id ? "(you)" : ""}
        </p>
        <p className={styles.line}>{member.email}</p>
      </div>
      {mayChange ? (
        <>
          <Select
            fit
            label={`Role of ${member.name}`}
            value={member.role}
            disabled={change.isPending}
            onChange={(role) => change.mutate(role)}
            options={roles.map((role) => ({ value: role, label: capitalized(role) }))}
          />
          <IconButton
            label={`Remove ${member.name}`}
            icon={<UserMinus aria-hidden />}
            onClick={() => setRemoving(true)}
          />
        </>
      ) : (
        <Chip>{capitalized(member.role)}</Chip>
      )}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        danger
        title={`Remove ${member.name}?`}
        description="They can't enter this workspace any more. What they made stays."
        confirmLabel="Remove"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}
