/** One timer that is set again for each phase. */
export interface Alarm {
  /** Rings after so long, unless set again or stopped. */
  set(ms: number): void;
  stop(): void;
}

/** Setting the same time again costs next to nothing. */
export const alarm = (ring: () => void): Alarm => {
  let timer: NodeJS.Timeout | undefined;
  let setTo = -1;
  return {
    set(ms) {
      if (timer && ms === setTo) return void timer.refresh();
      clearTimeout(timer);
      setTo = ms;
      timer = setTimeout(ring, ms);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
};
