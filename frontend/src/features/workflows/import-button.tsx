import { Upload } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { NotAWorkflow } from "./exchange";
import { useImportFile } from "./use-create";

export function ImportButton() {
  const input = useRef<HTMLInputElement>(null);
  const importFile = useImportFile();
  return (
    <>
      <Button
        icon={<Upload aria-hidden />}
        busy={importFile.isPending}
        onClick={() => input.current?.click()}
      >
        Import a file
      </Button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) importFile.mutate(file, { onError: tellWhy });
        }}
      />
    </>
  );
}

function tellWhy(error: Error): void {
  if (error instanceof NotAWorkflow) {
    toast({ tone: "failed", title: "Nothing was imported", detail: error.message });
  } else {
    toastProblem(error);
  }
}
