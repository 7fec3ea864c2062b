import { Copy } from "lucide-react";
import styles from "./copyable.module.css";
import { IconButton } from "./icon-button";
import { toast, toastProblem } from "./toast";

/** A text to be taken elsewhere as it is. */
export function Copyable({ text, name }: { text: string; name: string }) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    toast({ title: `The ${name} is on the clipboard` });
  };
  return (
    <div className={styles.row}>
      <code>{text}</code>
      <IconButton
        size="small"
        label={`Copy ${name}`}
        icon={<Copy aria-hidden />}
        onClick={() => void copy().catch(toastProblem)}
      />
    </div>
  );
}
