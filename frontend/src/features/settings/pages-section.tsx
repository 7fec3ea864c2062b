import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/shared/api/roles";
import type { PageLook } from "@/shared/api/types";
import { Button } from "@/shared/ui/button";
import { Field } from "@/shared/ui/field";
import { Input } from "@/shared/ui/input";
import { Sheet } from "@/shared/ui/page";
import { Problem } from "@/shared/ui/problem";
import { Skeleton } from "@/shared/ui/skeleton";
import { toast } from "@/shared/ui/toast";
import { pageLookQuery, setPageLook } from "./api";
import styles from "./pages-section.module.css";
import parts from "./parts.module.css";

/** How the workspace's forms and chats look to those who use them. */
export function PagesSection() {
  const look = useQuery(pageLookQuery);
  if (look.isPending) return <Skeleton height={240} />;
  if (look.isError) return <Problem error={look.error} onRetry={() => void look.refetch()} />;
  return <LookForm key={look.data.updated_at} look={look.data} />;
}

function LookForm({ look }: { look: PageLook }) {
  const mayChange = useMay("admin");
  const client = useQueryClient();
  const [accent, setAccent] = useState(look.accent);
  const [brand, setBrand] = useState(look.brand);
  const save = useMutation({
    mutationFn: () => setPageLook({ accent, brand }),
    onSuccess: (saved) => {
      client.setQueryData(pageLookQuery.queryKey, saved);
      toast({ title: "Forms and chats have their new look" });
    },
  });
  return (
    <Sheet>
      <form
        className={parts.card}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <p className={parts.text}>Your forms and chats carry this name and this colour.</p>
        <Field label="Name at the top" hint="Your company or team; nothing if it is empty.">
          <Input
            value={brand}
            maxLength={60}
            disabled={!mayChange}
            onChange={(event) => setBrand(event.target.value)}
          />
        </Field>
        <Field
          label="Accent colour"
          hint="Has to be readable on white; on a dark page it is made lighter by itself."
        >
          <Input
            code
            value={accent}
            pattern="#[0-9A-Fa-f]{6}"
            title="# and six digits or letters from a to f"
            required
            disabled={!mayChange}
            onChange={(event) => setAccent(event.target.value)}
            lead={
              <input
                type="color"
                className={styles.colour}
                aria-label="Choose the accent colour"
                value={/^#[0-9A-Fa-f]{6}$/.test(accent) ? accent : look.accent}
                disabled={!mayChange}
                onChange={(event) => setAccent(event.target.value)}
              />
            }
          />
        </Field>
        {save.isError ? <Problem error={save.error} /> : null}
        {mayChange ? (
          <Button
            type="submit"
            variant="primary"
            className={parts.submit}
            busy={save.isPending}
            disabled={accent === look.accent && brand === look.brand}
          >
            Save the look
          </Button>
        ) : (
          <p className={parts.text}>Admins and owners can change it.</p>
        )}
      </form>
    </Sheet>
  );
}
