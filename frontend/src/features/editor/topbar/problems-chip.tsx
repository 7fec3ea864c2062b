import { TriangleAlert } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { plural } from "@/shared/lib/format";
import { ProblemList } from "../data/problem-list";
import { useProblems } from "../run/problems";
import styles from "./top-bar.module.css";

/** How many problems the draft has; opens their list, each leading to its node. */
export function ProblemsChip() {
  const problems = useProblems();
  const [open, setOpen] = useState(false);
  if (problems.length === 0) return null;
  const errors = problems.some((problem) => problem.severity === "error");
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={styles.problems} data-errors={errors}>
        <TriangleAlert aria-hidden />
        {plural(problems.length, "problem")}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.popover}
          sideOffset={6}
          align="start"
          aria-label="Problems"
        >
          <ProblemList problems={problems} onChoose={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
