/** Calls at once, then at most once per `ms`; a call within the pause happens at its end. */
export function throttled(run: () => void, ms: number): () => void {
  let pause: ReturnType<typeof setTimeout> | null = null;
  let again = false;
  const start = () => {
    run();
    pause = setTimeout(() => {
      pause = null;
      if (again) {
        again = false;
        start();
      }
    }, ms);
  };
  return () => {
    if (pause) again = true;
    else start();
  };
}
