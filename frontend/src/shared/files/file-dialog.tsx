import { Download } from "lucide-react";
import { fileAddress } from "@/shared/api/artifacts";
import type { ItemFile } from "@/shared/api/types";
import { bytes } from "@/shared/lib/format";
import { Dialog } from "@/shared/ui/dialog";
import styles from "./file-dialog.module.css";
import { FilePreviewView } from "./file-preview";

export function FileDialog({ file, onClose }: { file: ItemFile; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="wide"
      title={<span className={styles.name}>{file.name}</span>}
      description={`${file.media_type} · ${bytes(file.size)}`}
      footer={
        <a className={styles.download} href={fileAddress(file.id)} download={file.name}>
          <Download aria-hidden /> Download
        </a>
      }
    >
      <FilePreviewView file={file} />
    </Dialog>
  );
}
