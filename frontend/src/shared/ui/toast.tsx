import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as Primitive } from "radix-ui";
import { create } from "zustand";
import { ApiError } from "@/shared/api/problem";
import { Button } from "./button";
import { IconButton } from "./icon-button";
import styles from "./toast.module.css";

interface ToastContent {
  tone?: "success" | "failed";
  title: string;
  detail?: string | undefined;
  action?: { label: string; onClick: () => void };
}

interface ShownToast extends ToastContent {
  id: number;
}

const useToasts = create<{ shown: ShownToast[] }>(() => ({ shown: [] }));
let lastId = 0;

export function toast(content: ToastContent): void {
  lastId += 1;
  const entry = { ...content, id: lastId };
  useToasts.setState(({ shown }) => ({ shown: [...shown.slice(-2), entry] }));
}

/** For an action whose place on the screen has no room for the problem itself. */
export function toastProblem(error: unknown): void {
  if (error instanceof ApiError) {
    toast({ tone: "failed", title: error.title, detail: `${error.detail} ${error.hint}`.trim() });
  } else {
    toast({ tone: "failed", title: "Something went wrong", detail: "Load the page again." });
  }
}

function dismiss(id: number): void {
  useToasts.setState(({ shown }) => ({ shown: shown.filter((entry) => entry.id !== id) }));
}

export function Toaster() {
  const shown = useToasts((state) => state.shown);
  return (
    <Primitive.Provider duration={6000} swipeDirection="right">
      {shown.map((entry) => (
        <Primitive.Root
          key={entry.id}
          className={styles.toast}
          data-tone={entry.tone ?? "success"}
          onOpenChange={(open) => {
            if (!open) dismiss(entry.id);
          }}
        >
          {entry.tone === "failed" ? <CircleAlert aria-hidden /> : <CircleCheck aria-hidden />}
          <div className={styles.text}>
            <Primitive.Title className={styles.title}>{entry.title}</Primitive.Title>
            {entry.detail ? (
              <Primitive.Description className={styles.detail}>
                {entry.detail}
              </Primitive.Description>
            ) : null}
          </div>
          {entry.action ? (
            <Primitive.Action asChild altText={entry.action.label}>
              <Button size="small" onClick={entry.action.onClick}>
                {entry.action.label}
              </Button>
            </Primitive.Action>
          ) : null}
          <Primitive.Close asChild>
            <IconButton label="Dismiss" icon={<X aria-hidden />} size="small" />
          </Primitive.Close>
        </Primitive.Root>
      ))}
      <Primitive.Viewport className={styles.viewport} />
    </Primitive.Provider>
  );
}
