/** How long something moves: not at all for those who asked their system for that. */
export function motion(ms: number): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms;
}
