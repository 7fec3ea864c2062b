import type { Waiting, WaitReason } from "@/shared/api/types";
import { dueTime } from "@/shared/lib/format";

export const waitingWords: Record<WaitReason, string> = {
  time: "Waits for a time",
  call: "Waits for a call",
  event: "Waits for an event",
  approval: "Waits for approval",
  connection: "Waits for a connection",
  outcome: "Outcome unknown",
  budget: "Waits for budget",
  child: "Waits for another run",
  limit: "Waits for its turn",
  retry: "Waits to try again",
};

const nextSteps: Record<WaitReason, string> = {
  time: "It goes on by itself.",
  call: "It goes on when this address is called:",
  event: "It goes on when the event comes in.",
  approval: "It goes on when somebody decides.",
  connection: "Mend the connection on the Connections page; the run then goes on by itself.",
  outcome:
    "The call left, but no answer came back. Look in the service whether it happened, then say so here.",
  budget: "Raise the budget, or wait for the next period.",
  child: "It goes on when the run it started has ended.",
  limit:
    "Its turn comes when other runs have ended, or when the service lets more calls in. It goes on by itself.",
  retry: "The last try failed. The next one starts by itself.",
};

export function waitingTitle(waiting: Waiting, now: number): string {
  const until = waiting.until ? ` until ${dueTime(waiting.until, now)}` : "";
  return `${waitingWords[waiting.reason]}${until}`;
}

export function waitingNextStep(waiting: Waiting): string {
  return nextSteps[waiting.reason];
}
