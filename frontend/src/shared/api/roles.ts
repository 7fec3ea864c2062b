import { useQuery } from "@tanstack/react-query";
import { meQuery } from "./session";
import type { Role } from "./types";

export const ROLES: readonly Role[] = ["viewer", "runner", "editor", "admin", "owner"];

export function atLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Whether the signed-in member may do what `needed` may. */
export function useMay(needed: Role): boolean {
  const { data: me } = useQuery(meQuery);
  return me?.member ? atLeast(me.member.role, needed) : false;
}
