import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/shared/api/client";
import type { NotificationPreference, Role } from "@/shared/api/types";

export function changePassword(body: { current_password: string; new_password: string }) {
  return answer(api.POST("/api/v1/auth/password", { body }));
}

export const pageLookQuery = queryOptions({
  queryKey: ["page-look"],
  queryFn: () => answer(api.GET("/api/v1/page-look")),
});

export function setPageLook(body: { accent: string; brand: string }) {
  return answer(api.PUT("/api/v1/page-look", { body }));
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

export interface AuditFilter {
  kind: string;
  member_id: string;
}

export const auditQuery = ({ kind, member_id }: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", kind, member_id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/audit", {
          params: {
            query: {
              limit: 50,
              cursor: pageParam,
              ...(kind ? { kind } : {}),
              ...(member_id ? { member_id } : {}),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export function signOutMember(member_id: string) {
  return answer(
    api.DELETE("/api/v1/members/{member_id}/sessions", { params: { path: { member_id } } }),
  );
}

export const invitesQuery = queryOptions({
  queryKey: ["invites"],
  queryFn: () => answer(api.GET("/api/v1/invites", { params: { query: { limit: 200 } } })),
});

interface NewInvite {
  role: Role;
  email: string | null;
  expires_in: number;
}

/** The answer is the only place where the link is shown. */
export function createInvite(body: NewInvite) {
  return answer(api.POST("/api/v1/invites", { body }));
}

export function revokeInvite(invite: string) {
  return answer(api.DELETE("/api/v1/invites/{invite}", { params: { path: { invite } } }));
}

export const preferencesQuery = queryOptions({
  queryKey: ["notification-preferences"],
  queryFn: () => answer(api.GET("/api/v1/notifications/preferences")),
});

export function changePreferences(wanted: NotificationPreference[]) {
  const items = wanted.map(({ kind, in_product, by_mail }) => ({ kind, in_product, by_mail }));
  return answer(api.PUT("/api/v1/notifications/preferences", { body: { items } }));
}

export const mailQuery = queryOptions({
  queryKey: ["mail"],
  queryFn: () => answer(api.GET("/api/v1/mail")),
});

export function sendTestMail() {
  return answer(api.POST("/api/v1/mail/test"));
}
