import {
  AudioLines,
  CalendarDays,
  File,
  FileArchive,
  FileImage,
  FileSpreadsheet,
  FileText,
  type LucideIcon,
} from "lucide-react";
import type { ItemFile } from "@/shared/api/types";
import { type FileKind, kindOf } from "./kind";

const ICONS: Record<FileKind, LucideIcon> = {
  picture: FileImage,
  sound: AudioLines,
  table: FileSpreadsheet,
  archive: FileArchive,
  calendar: CalendarDays,
  text: FileText,
  other: File,
};

export function FileIcon({ file }: { file: ItemFile }) {
  const Icon = ICONS[kindOf(file)];
  return <Icon aria-hidden />;
}
