import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, type FormEvent, useState } from "react";
import {
  type ApiDescription,
  apisQuery,
  createApi,
  type MadeApi,
  type OwnApi,
  replaceApi,
} from "@/shared/api/apis";
import { connectorsQuery, nodeTypesQuery } from "@/shared/api/catalog";
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Problem } from "@/shared/ui/problem";
import { Textarea } from "@/shared/ui/textarea";
import styles from "./apis-page.module.css";

function useSave(known: OwnApi | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ApiDescription) => (known ? replaceApi(known.name, body) : createApi(body)),
    onSuccess: () =>
      Promise.all(
        [apisQuery, connectorsQuery, nodeTypesQuery].map(({ queryKey }) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

interface ApiDialogProps {
  /** Whose document is replaced; none: a new one is made. */
  known?: OwnApi;
  onClose: () => void;
}

/** Takes an OpenAPI document: by its address, pasted, or from a file. */
export function ApiDialog({ known, onClose }: ApiDialogProps) {
  const [title, setTitle] = useState(known?.title ?? "");
  const [address, setAddress] = useState(known?.address ?? "");
  const [document, setDocument] = useState("");
  const save = useSave(known);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({
      title: title.trim() || null,
      document: document.trim() || null,
      address: address.trim() || null,
    });
  };
  if (save.data) {
    return <MadeDialog made={save.data} onClose={onClose} />;
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={known ? `New document for ${known.title}` : "New API"}
      description="Each operation of an OpenAPI document (3.0, 3.1 or Swagger 2.0) becomes a node."
      size="wide"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="api"
            variant="primary"
            busy={save.isPending}
            disabled={!document.trim() && !address.trim()}
          >
            Read it
          </Button>
        </>
      }
    >
      <form id="api" className={styles.form} onSubmit={submit}>
        <Field
          label="Address of the document"
          hint="Fetched once, now. Leave it empty to paste the document."
        >
          <Input
            type="url"
            value={address}
            placeholder="https://api.example.com/openapi.json"
            onChange={(event) => setAddress(event.target.value)}
          />
        </Field>
        <Field label="Or the document itself" aside={<FileButton onText={setDocument} />}>
          <Textarea
            code
            rows={8}
            value={document}
            placeholder={'{"openapi": "3.1.0", …}'}
            onChange={(event) => setDocument(event.target.value)}
          />
        </Field>
        <Field label="Name" hint="Empty: as the document calls itself.">
          <Input value={title} maxLength={100} onChange={(event) => setTitle(event.target.value)} />
        </Field>
        {save.error ? <Problem error={save.error} /> : null}
      </form>
    </Dialog>
  );
}

function FileButton({ onText }: { onText: (text: string) => void }) {
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file) {
      onText(await file.text());
    }
  };
  return (
    <input
      type="file"
      className={styles.file}
      aria-label="Take the document from a file"
      accept=".json,.yaml,.yml,application/json"
      onChange={(event) => void read(event)}
    />
  );
}

function MadeDialog({ made, onClose }: { made: MadeApi; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`${made.title} is ready`}
      description={`${plural(made.operations, "operation")} can be found in the palette under ${made.title}.`}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      {made.skipped.length > 0 ? (
        <>
          <p>{plural(made.skipped.length, "operation")} could not be taken over:</p>
          <ul className={styles.skipped}>
            {made.skipped.map((each) => (
              <li key={each.operation}>
                <strong>{each.operation}</strong>: {each.reason}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </Dialog>
  );
}
