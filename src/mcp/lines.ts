const NEWLINE = 10;

/** Cuts bytes into lines; one that is longer than `maxBytes` is told and skipped, whatever its length. */
export const linesOf = (
  maxBytes: number,
  onLine: (text: string) => void,
  onLong: () => void,
): ((chunk: Uint8Array) => void) => {
  let [held, length, skips] = [[] as Uint8Array[], 0, false];
  const keep = (part: Uint8Array): void => {
    if (skips) return;
    length += part.length;
    if (length <= maxBytes) {
      held.push(part);
      return;
    }
    [held, length, skips] = [[], 0, true];
    onLong();
  };
  const end = (): void => {
    const text = skips ? "" : Buffer.concat(held).toString("utf8").trim();
    [held, length, skips] = [[], 0, false];
    if (text) onLine(text);
  };
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, at));
      end();
      from = at + 1;
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  };
};
