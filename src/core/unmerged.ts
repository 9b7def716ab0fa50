const OPEN = /^<{7}(?: .*)?$/;
const PARTED = /^={7}$/;
const CLOSE = /^>{7}(?: .*)?$/;

/** Offsets at which Git left two sides of a merge in a text: of each `<<<<<<<` that has its `=======` and `>>>>>>>`. */
export const unmerged = (text: string): number[] => {
  if (!text.includes("<<<<<<<")) return [];
  const found: number[] = [];
  let at = 0;
  let open: number | undefined;
  let parted = false;
  for (const raw of text.split("\n")) {
    const line = raw.replace(/\r$/, "");
    if (OPEN.test(line)) [open, parted] = [at, false];
    else if (open !== undefined && PARTED.test(line)) parted = true;
    else if (open !== undefined && parted && CLOSE.test(line)) {
      found.push(open);
      open = undefined;
    }
    at += raw.length + 1;
  }
  return found;
};
