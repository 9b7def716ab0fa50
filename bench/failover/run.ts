// Seconds until a real client has its answer, by outage, with the proxy and without.
//   npm run bench:failover [-- --client claude,codex] [--shape hang,529] [--baseline] [--limit 240] [--no-engine] [--json FILE]
// Exit status 1: a row of Claude Code is over its goal, or a client found no answer.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { benchClients, missingClient } from "./clients.ts";
import { noEngine } from "./engine.ts";
import { healthy, healthyTools, type Outage, outages, signInOutages } from "./outages.ts";
import { type Recorded, recorded } from "./recorded.ts";
import { freshProxy, type Rig, signedIn, startRig, stopRig, type Turn, takeTurn } from "./rig.ts";
import { startSignIn } from "./sign-in.ts";
import { holds, type Row, table } from "./table.ts";

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    client: { type: "string", default: Object.keys(benchClients).join(",") },
    shape: { type: "string", default: "" },
    baseline: { type: "boolean", default: false },
    limit: { type: "string", default: "240" },
    "no-engine": { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const root = process.cwd();
const limitMs = Number(options.limit) * 1000;
const wanted = options.shape.split(",").filter(Boolean);
const isWanted = ({ id }: Outage): boolean => !wanted.length || wanted.includes(id);
const note = (text: string): void => void process.stderr.write(`${text}\n`);

type Own = Readonly<Record<string, string>>;
/** A client without a proxy: it answers, fails, or goes on beyond the limit. */
const directly = async (rig: Rig, outage: Outage, own: Own): Promise<Recorded> => {
  const turn = await takeTurn(rig, outage, limitMs, { place: rig.direct, own });
  const isCut = turn.seconds * 1000 >= limitMs;
  note(`${rig.id}, ${outage.id}, without: ${turn.seconds} s by ${turn.by ?? "nobody"}`);
  return {
    seconds: turn.seconds,
    end: turn.by ? "answers" : "fails",
    ...(isCut && { atLeast: true as const }),
  };
};

const rowFor = async (rig: Rig, outage: Outage, good: Turn, turn: Turn, own: Own = {}): Promise<Row> => ({
  client: rig.id,
  shape: outage.id,
  seconds: turn.seconds,
  healthy: good.seconds,
  deadline: turn.deadline,
  by: turn.by,
  requests: turn.requests,
  without: options.baseline ? await directly(rig, outage, own) : recorded[rig.id]?.[outage.id],
  note: rig.client.note ?? "",
});

/** One outage beside a healthy turn of the same round. */
const measure = async (rig: Rig, outage: Outage): Promise<Row> => {
  const signIn = outage.login && (await startSignIn(outage.signIn!));
  const own = signIn ? signedIn(signIn) : {};
  await freshProxy(rig, own);
  const well: Outage = {
    ...(outage.tools ? healthyTools : healthy),
    ...(outage.login && { login: "valid" }),
  };
  const good = await takeTurn(rig, well, limitMs, { own });
  const turn = await takeTurn(rig, outage, limitMs, { own });
  note(`${rig.id}, ${outage.id}: ${turn.seconds} s by ${turn.by ?? "nobody"} (healthy ${good.seconds} s)`);
  if (!turn.by) note(`  status ${turn.code} ${turn.stdout.slice(-400)} ${turn.stderr.slice(-400)}`);
  const row = await rowFor(rig, outage, good, turn, own);
  await signIn?.close();
  return row;
};

/** The healthy turn with a tool call, and the first turn that the second server ever answers: it has read none of the prompt yet. */
const opening = async (rig: Rig): Promise<Row[]> => {
  await freshProxy(rig);
  await takeTurn(rig, healthy, limitMs);
  const well = rig.client.calls ? healthyTools : healthy;
  const good = await takeTurn(rig, well, limitMs);
  const cold = await takeTurn(rig, { id: "refused; second server cold", cloud: "refused" }, limitMs);
  note(
    `${rig.id}: ${well.id} ${good.seconds} s by ${good.by ?? "nobody"}; cold ${cold.seconds} s by ${cold.by ?? "nobody"}`,
  );
  const rows = [await rowFor(rig, well, good, good)];
  if (rig.second.engine)
    rows.push({
      ...(await rowFor(rig, { id: "refused; second server cold", cloud: "refused" }, good, cold)),
      isOutsideGoal: true,
    });
  return rows;
};

const measureClient = async (id: string): Promise<Row[]> => {
  const rig = await startRig(root, id, !options["no-engine"] && !noEngine(root));
  const onSignal = (): void => void stopRig(rig).finally(() => process.exit(130));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
  try {
    const rows = await opening(rig);
    for (const outage of outages)
      if (isWanted(outage) && (!outage.tools || rig.client.calls)) rows.push(await measure(rig, outage));
    const logins = id === "claude" ? signInOutages.filter(isWanted) : [];
    for (const outage of logins) {
      // a login's prompt is another one: the second server has read it, too
      await measure(rig, { ...outage, id: `${outage.id}, warm-up`, cloud: "refused" });
      rows.push(await measure(rig, outage));
    }
    return rows.map((row) => ({
      ...row,
      note: [row.note, `second: ${rig.second.name}`].filter(Boolean).join("; "),
    }));
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
    await stopRig(rig);
  }
};

const rows: Row[] = [];
for (const id of options.client.split(",")) {
  const why = missingClient(root, id);
  if (why) note(`${id} is left out: ${why}`);
  else rows.push(...(await measureClient(id)));
}
const without = noEngine(root);
if (without && !options["no-engine"]) note(`${without}; a second mock stands in its place`);
process.stdout.write(table(rows));
if (options.json)
  writeFileSync(options.json, `${JSON.stringify({ node: process.versions.node, rows }, null, 2)}\n`);
if (rows.some((row) => !row.by || (row.client === "claude" && holds(row) === false))) process.exitCode = 1;
