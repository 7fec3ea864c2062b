import { Banner } from "@/shared/ui/banner";
import { Button } from "@/shared/ui/button";
import { useSession } from "./run/session";

/** Says that the canvas shows what a run was made of, and leads back to the draft. */
export function AsItRanBanner() {
  const { asItRan, showRun } = useSession();
  if (asItRan === null) return null;
  return (
    <Banner
      title={`Version ${asItRan}, as it ran.`}
      actions={
        <Button size="small" onClick={() => showRun(null)}>
          Back to the draft
        </Button>
      }
    >
      The draft is another by now; this can only be looked at.
    </Banner>
  );
}
