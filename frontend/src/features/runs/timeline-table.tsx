import { useQuery } from "@tanstack/react-query";
import { nodeTypesQuery } from "@/shared/api/catalog";
import { cx } from "@/shared/lib/cx";
import { cost, count, duration, elapsed, plural } from "@/shared/lib/format";
import { NodeMark } from "@/shared/ui/node-mark";
import { StatusIcon, shownStatus, statusWord } from "@/shared/ui/status";
import type { Row } from "./timeline";
import styles from "./timeline-table.module.css";

interface TimelineTableProps {
  rows: readonly Row[];
  ticks: readonly number[];
  active: boolean;
  chosen: string | undefined;
  onChoose: (key: string) => void;
  now: number;
}

export function TimelineTable({ rows, ticks, active, chosen, onChoose, now }: TimelineTableProps) {
  const types = useQuery(nodeTypesQuery);
  const byType = new Map(types.data?.items.map((type) => [type.type, type]));
  return (
    <div className={styles.sheet}>
      <div className={cx(styles.row, styles.axis)} aria-hidden>
        <span>Node</span>
        <span className={styles.lane}>
          {(active ? ticks.slice(0, -1) : ticks).map((tick, part) => (
            <span
              key={tick}
              className={styles.tick}
              style={{ left: `${(part / ticks.length) * 100}%` }}
            >
              {tick === 0 ? "0 s" : duration(tick)}
            </span>
          ))}
          {active ? <span className={styles.now}>now</span> : null}
        </span>
        <span className={styles.figures}>Items · cost</span>
      </div>
      <ol aria-label="Nodes of this run">
        {rows.map((row) => {
          const type = row.type ? byType.get(row.type) : undefined;
          return (
            <li key={row.key}>
              <button
                type="button"
                className={styles.row}
                aria-pressed={row.key === chosen}
                data-quiet={row.nodeRun === null || row.nodeRun.status === "skipped" || undefined}
                onClick={() => onChoose(row.key)}
              >
                <span className={styles.name}>
                  <StatusIcon status={row.nodeRun ? shownStatus(row.nodeRun) : "queued"} />
                  <NodeMark
                    size="small"
                    icon={type?.icon ?? ""}
                    group={type?.group ?? "data"}
                    color={type?.color}
                    title={row.title}
                  />
                  <span className={styles.title}>{row.title}</span>
                  {row.path ? <span className={styles.path}>{row.path}</span> : null}
                </span>
                <span className={styles.lane}>
                  <Bar row={row} now={now} />
                </span>
                <span className={styles.figures}>{figures(row)}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Below this part of the whole the text stands beside the bar. */
const NARROW = 0.16;

function Bar({ row, now }: { row: Row; now: number }) {
  const { nodeRun } = row;
  if (!nodeRun?.started_at || nodeRun.status === "skipped") return null;
  const status = shownStatus(nodeRun);
  const text = [
    nodeRun.attempt > 1 ? `try ${nodeRun.attempt}` : "",
    elapsed(nodeRun.started_at, nodeRun.finished_at, now),
  ]
    .filter(Boolean)
    .join(" · ");
  const beside = row.width < NARROW;
  const roomRight = row.start + row.width < 0.8;
  return (
    <>
      <span
        className={cx(styles.bar, styles[status])}
        data-narrow={beside || undefined}
        style={{
          left: `min(${row.start * 100}%, 100% - 4px)`,
          width: `max(4px, ${row.width * 100}%)`,
        }}
      >
        {beside ? null : text}
      </span>
      {beside ? (
        <span
          className={styles.beside}
          style={
            roomRight
              ? { left: `calc(${(row.start + row.width) * 100}% + 10px)` }
              : { right: `calc(${(1 - row.start) * 100}% + 6px)` }
          }
        >
          {text}
        </span>
      ) : null}
    </>
  );
}

function figures(row: Row): string {
  const { nodeRun } = row;
  if (!nodeRun) return "not started";
  switch (nodeRun.status) {
    case "skipped":
    case "queued":
    case "cancelled":
      return statusWord(nodeRun.status).toLowerCase();
    case "waiting":
    case "running":
      return plural(nodeRun.items_in, "item");
    default: {
      const price = cost(nodeRun.cost_usd);
      const items = `${count(nodeRun.items_in)} → ${count(nodeRun.items_out)}`;
      return price ? `${items} · ${price}` : items;
    }
  }
}
