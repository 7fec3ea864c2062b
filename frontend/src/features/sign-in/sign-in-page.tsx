import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { meQuery } from "@/shared/api/session";
import { useTitle } from "@/shared/lib/use-title";
import { Logo } from "@/shared/ui/logo";
import { Problem } from "@/shared/ui/problem";
import { Skeleton } from "@/shared/ui/skeleton";
import { authStateQuery } from "./api";
import { LoomPicture } from "./loom-picture";
import { OwnerForm } from "./owner-form";
import { SignInForm } from "./sign-in-form";
import styles from "./sign-in-page.module.css";

/** Sign-in, or on the very first visit the set-up of the owner. */
export function SignInPage() {
  const state = useQuery(authStateQuery);
  const me = useQuery(meQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const next = localAddress(search.get("next"));
  useTitle(state.data?.needs_setup ? "Set up" : "Sign in");

  const enter = async () => {
    await client.fetchQuery({ ...meQuery, staleTime: 0 });
    if (isHosted(next)) window.location.replace(next);
    else await navigate(next, { replace: true });
  };

  if (me.data && isHosted(next)) return <Leave to={next} />;
  if (me.data) return <Navigate to={next} replace />;
  return (
    <main className={styles.page}>
      <LoomPicture />
      <section className={styles.panel}>
        <div className={styles.form}>
          <span className={styles.logo}>
            <Logo size={32} />
          </span>
          {state.isPending ? (
            <Skeleton height={280} />
          ) : state.isError ? (
            <Problem error={state.error} onRetry={() => void state.refetch()} />
          ) : state.data.needs_setup ? (
            <OwnerForm tokenNeeded={state.data.setup_token_required} onDone={enter} />
          ) : (
            <SignInForm onDone={enter} />
          )}
        </div>
      </section>
    </main>
  );
}

/** Forms and chats are pages of the server, not of this application. */
function isHosted(address: string): boolean {
  return /^\/(forms|chat|approvals)\//.test(address);
}

function Leave({ to }: { to: string }) {
  useEffect(() => window.location.replace(to), [to]);
  return null;
}

/** Where to go afterwards: only ever an address of this site. */
function localAddress(next: string | null): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.startsWith("/\\"))
    return "/workflows";
  return next.startsWith("/sign-in") ? "/workflows" : next;
}
