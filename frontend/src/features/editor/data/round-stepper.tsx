import { ChevronLeft, ChevronRight } from "lucide-react";
import { count } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { IconButton } from "@/shared/ui/icon-button";
import { nodeById } from "../model/graph";
import type { Round } from "../model/rounds";
import { usePanels } from "../panels";
import { useEditor } from "../store";
import styles from "./data-panel.module.css";

/** "Each line: round 3 of 31", with steps to the rounds before and after; the canvas shows the chosen one too. */
export function RoundStepper({ runId, round }: { runId: string; round: Round }) {
  const { container, index, count: rounds } = round;
  const title = useEditor(({ graph }) => nodeById(graph, container)?.title ?? container);
  const chosen = usePanels((panels) => panels.rounds.chosen[container] !== undefined);
  const choose = usePanels((panels) => panels.chooseRound);
  return (
    <fieldset className={styles.round} aria-label={`Rounds of ${title}`}>
      <IconButton
        size="small"
        tooltipSide="top"
        label="The round before"
        icon={<ChevronLeft aria-hidden />}
        disabled={index === 0}
        onClick={() => choose(runId, container, index - 1)}
      />
      <span role="status">
        {title}: round {count(index + 1)} of {count(rounds)}
      </span>
      <IconButton
        size="small"
        tooltipSide="top"
        label="The round after"
        icon={<ChevronRight aria-hidden />}
        disabled={index + 1 >= rounds}
        onClick={() => choose(runId, container, index + 1)}
      />
      {chosen ? (
        <Button size="small" variant="quiet" onClick={() => choose(runId, container, null)}>
          Latest
        </Button>
      ) : null}
    </fieldset>
  );
}
