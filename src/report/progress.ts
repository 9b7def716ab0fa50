const AFTER_MS = 1000;
const EVERY_MS = 150;

interface Shown {
  write(text: string): void;
  /** Milliseconds. */
  now(): number;
  started: number;
  last: number;
  visible: boolean;
}
let shown: Shown | undefined;

/** From now on steps are shown on a terminal, in one line, once a run takes more than a second. `now` is the clock, in ms. */
export const showProgress = (write: (text: string) => void, now: () => number): void => {
  shown = { write, now, started: now(), last: 0, visible: false };
};

/** A step of long work begins. */
export const step = (what: string): void => {
  const now = shown?.now() ?? 0;
  if (!shown || now - shown.started < AFTER_MS || now - shown.last < EVERY_MS) return;
  shown.write(`\r${what}\u001B[K`);
  Object.assign(shown, { last: now, visible: true });
};

/** Takes the line away before the result is printed. */
export const endProgress = (): void => {
  if (shown?.visible) shown.write("\r\u001B[K");
  shown = undefined;
};
