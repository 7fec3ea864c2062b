import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/shared/api/client";
import type { Role } from "@/shared/api/types";

export function changePassword(body: { current_password: string; new_password: string }) {
  return answer(api.POST("/api/v1/auth/password", { body }));
}

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: () => answer(api.GET("/api/v1/sessions", { params: { query: { limit: 200 } } })),
});

export function endSession(session_id: string) {
  return answer(api.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id } } }));
}

export function endOtherSessions() {
  return answer(api.DELETE("/api/v1/sessions"));
}

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: () => answer(api.GET("/api/v1/members", { params: { query: { limit: 200 } } })),
});

export function changeRole(member_id: string, role: Role) {
  return answer(
    api.PATCH("/api/v1/members/{member_id}", { params: { path: { member_id } }, body: { role } }),
  );
}

export function removeMember(member_id: string) {
  return answer(api.DELETE("/api/v1/members/{member_id}", { params: { path: { member_id } } }));
}

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: () => answer(api.GET("/api/v1/keys", { params: { query: { limit: 200 } } })),
});

export interface NewKey {
  name: string;
  role: Role;
  expires_at: string | null;
}

/** The answer is the only place where the key is ever shown. */
export function createKey(body: NewKey) {
  return answer(api.POST("/api/v1/keys", { body }));
}

export function deleteKey(key_id: string) {
  return answer(api.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id } } }));
}

export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ pageParam }) =>
    answer(api.GET("/api/v1/audit", { params: { query: { limit: 50, cursor: pageParam } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});
