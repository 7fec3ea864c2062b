import { Copy } from "lucide-react";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { IconButton } from "@/shared/ui/icon-button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { hookAddresses } from "../run/hook-addresses";
import { useEditor } from "../store";
import styles from "./top-bar.module.css";

/** After publishing: which version is live, and the addresses that now answer. */
export function Published({ version, onClose }: { version: number | null; onClose: () => void }) {
  const graph = useEditor((state) => state.graph);
  const types = useEditor((state) => state.types);
  const addresses = version === null ? [] : hookAddresses(graph, types);
  const copy = (address: string) =>
    navigator.clipboard
      .writeText(address)
      .then(() => toast({ title: "The address is on the clipboard" }))
      .catch(toastProblem);
  return (
    <Dialog
      open={version !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Version ${version} is live`}
      description={
        addresses.length > 0 ? "Requests to these addresses now start it." : "Its triggers are on."
      }
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      {addresses.length > 0 ? (
        <ul className={styles.dialog}>
          {addresses.map((address) => (
            <li key={address} className={styles.address}>
              <code>{address}</code>
              <IconButton
                size="small"
                label="Copy address"
                icon={<Copy aria-hidden />}
                onClick={() => void copy(address)}
              />
            </li>
          ))}
        </ul>
      ) : null}
    </Dialog>
  );
}
