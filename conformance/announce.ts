import { client, missing } from "./claude.ts";

/** A verdict is worth as much as the version that gave it: says which clients judge, and when. */
export default function announce(): void {
  const found = client();
  const day = new Date().toISOString().slice(0, 10);
  console.log(found ? `Claude Code ${found.version} judges, ${day}` : `${missing}, ${day}`);
}
