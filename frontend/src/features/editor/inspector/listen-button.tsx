import { Radio } from "lucide-react";
import { Button } from "@/shared/ui/button";
import { useSession } from "../run/session";
import styles from "./inspector.module.css";
import { useListening } from "./use-listening";

/** For a trigger without an address of its own: the draft can be tried out with the next thing that happens. */
export function ListenButton({ nodeId }: { nodeId: string }) {
  const { editing } = useSession();
  const listening = useListening(
    nodeId,
    "The next thing that happens runs the draft and shows up here.",
  );
  if (!editing) return null;
  return (
    <div className={styles.row}>
      <Button
        size="small"
        icon={<Radio aria-hidden />}
        busy={listening.isPending}
        onClick={() => listening.mutate()}
      >
        Listen
      </Button>
    </div>
  );
}
