const numbers = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
});
const full = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "long",
  hour12: false,
});

export function count(value: number): string {
  return numbers.format(value);
}

/** "1 item", "5 items". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${numbers.format(value)} ${value === 1 ? one : many}`;
}

/** "3 ms", "4.6 s", "2 min 5 s", "3 h 12 min", "2 d 4 h". */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return pair(whole, 60, "min", "s");
  if (whole < 86_400) return pair(Math.round(whole / 60), 60, "h", "min");
  return pair(Math.round(whole / 3600), 24, "d", "h");
}

function pair(value: number, base: number, high: string, low: string): string {
  const rest = value % base;
  const head = `${Math.floor(value / base)} ${high}`;
  return rest === 0 ? head : `${head} ${rest} ${low}`;
}

/** From one moment to another, or to `now` while it lasts. */
export function elapsed(from: string, to: string | null, now: number): string {
  return duration((to ? Date.parse(to) : now) - Date.parse(from));
}

/** "now", "4 min ago", "14:02", "3 Nov", "3 Nov 2024". */
export function relativeTime(iso: string, now: number): string {
  const date = new Date(iso);
  const seconds = (now - date.getTime()) / 1000;
  if (Math.abs(seconds) < 10) return "now";
  if (seconds > 0 && seconds < 60) return `${Math.round(seconds)} s ago`;
  if (seconds > 0 && seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return clock.format(date);
  const near = date.getFullYear() === today.getFullYear();
  const name = (near ? day : dayAndYear).format(date);
  return seconds < 0 ? `${name}, ${clock.format(date)}` : name;
}

export function exactTime(iso: string): string {
  return full.format(new Date(iso));
}

/** "14:02" today, "Mon 14:02"-like dates otherwise: for due times. */
export function dueTime(iso: string, now: number): string {
  const date = new Date(iso);
  const today = new Date(now);
  const time = clock.format(date);
  if (date.toDateString() === today.toDateString()) return time;
  const tomorrow = new Date(now + 86_400_000);
  if (date.toDateString() === tomorrow.toDateString()) return `tomorrow ${time}`;
  return `${day.format(date)}, ${time}`;
}

/** Whole cents of a cent matter: "$0.0009", "$1.66"; nothing for no cost. */
export function cost(usd: string | null | undefined): string {
  const value = Number(usd ?? 0);
  if (!value) return "";
  return value < 0.1 ? `$${Number(value.toPrecision(2))}` : `$${value.toFixed(2)}`;
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  if (size < 1024 * 1024) return `${(size / 1024).toFixed(1)} kB`;
  return `${(size / 1024 / 1024).toFixed(1)} MB`;
}

/** "MK" of "Mara Keller". */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = words[0]?.slice(0, 1) ?? "";
  const last = words.length > 1 ? (words.at(-1)?.slice(0, 1) ?? "") : "";
  return (first + last).toUpperCase();
}
