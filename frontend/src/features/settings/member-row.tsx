import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LogOut, UserMinus } from "lucide-react";
import { useState } from "react";
import { atLeast, ROLES } from "@/shared/api/roles";
import type { Member, Role } from "@/shared/api/types";
import { capitalized } from "@/shared/lib/capitalized";
import { Chip } from "@/shared/ui/chip";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { IconButton } from "@/shared/ui/icon-button";
import { Select } from "@/shared/ui/select";
import { toast, toastProblem } from "@/shared/ui/toast";
import { changeRole, membersQuery, removeMember, signOutMember } from "./api";
import styles from "./parts.module.css";

interface MemberRowProps {
  member: Member;
  own: Member | null;
}

export function MemberRow({ member, own }: MemberRowProps) {
  const mayChange =
    own !== null &&
    own.id !== member.id &&
    atLeast(own.role, "admin") &&
    atLeast(own.role, member.role);
  return (
    <li className={styles.row}>
      <div className={styles.main}>
        <p className={styles.name}>
          {member.name} {own?.id === member.id ? "(you)" : ""}
        </p>
        <p className={styles.line}>{member.email}</p>
      </div>
      {mayChange ? <Changes member={member} own={own} /> : <Chip>{capitalized(member.role)}</Chip>}
    </li>
  );
}

function Changes({ member, own }: { member: Member; own: Member }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<"remove" | "sign-out" | null>(null);
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
  const signOut = useMutation({
    mutationFn: () => signOutMember(member.id),
    onSuccess: () => {
      setAsking(null);
      toast({ title: `${member.name} is signed out` });
    },
  });
  const roles = ROLES.filter((role) => atLeast(own.role, role));
  return (
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
        label={`Sign ${member.name} out`}
        icon={<LogOut aria-hidden />}
        onClick={() => setAsking("sign-out")}
      />
      <IconButton
        label={`Remove ${member.name}`}
        icon={<UserMinus aria-hidden />}
        onClick={() => setAsking("remove")}
      />
      <ConfirmDialog
        open={asking === "sign-out"}
        onOpenChange={() => setAsking(null)}
        title={`Sign ${member.name} out?`}
        description="In every browser in which they used this workspace last. They can sign in again."
        confirmLabel="Sign out"
        busy={signOut.isPending}
        error={signOut.error}
        onConfirm={() => signOut.mutate()}
      />
      <ConfirmDialog
        open={asking === "remove"}
        onOpenChange={() => setAsking(null)}
        danger
        title={`Remove ${member.name}?`}
        description="They can't enter this workspace any more, and their open invites end. What they made stays."
        confirmLabel="Remove"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
