import { join } from "node:path";
import { bundled, type Program } from "../../test/service/program.ts";
import { type BenchClient, benchClients, programFolders } from "./clients.ts";
import { type Cloud, startCloud } from "./cloud.ts";
import { type Engine, startEngine } from "./engine.ts";
import type { Outage } from "./outages.ts";
import { type Ended, freshPlace, logged, type Place, ran } from "./place.ts";
import { type SignIn, writeLogin } from "./sign-in.ts";

/** All that one client is measured with: a vendor, a second server, a home, a repository and its proxy. */
export interface Rig {
  id: string;
  client: BenchClient;
  cloud: Cloud;
  /** What answers where the vendor does not. */
  second: { name: string; engine?: Engine; cloud?: Cloud };
  place: Place;
  /** The same without a proxy: the client asks the vendor itself. */
  direct: Place;
  program: Program;
  root: string;
}

const vendors = [
  "https://api.anthropic.com",
  "https://api.openai.com",
  "https://generativelanguage.googleapis.com",
];

const specFor =
  ({ client, second, origin }: Pick<Rig, "client" | "second"> & { origin: string }) =>
  (port: number): string =>
    `portable: 1
targets: [agents]
gateway: proxy
providers:
  ${client.vendor}: {}
  second:
    type: ${second.engine ? "llama.cpp" : client.vendor}
    origin: ${origin}
    apiKey: "\${SECOND_KEY}"
models:
  main:
    chain: [${client.vendor}/${client.model}, second/random]
  fast:
    chain: [${client.vendor}/${client.model}-mini, second/random]
proxy:
  port: ${port}
`;

const directSpec = (origin: string, { vendor, model }: BenchClient): string =>
  `portable: 1
targets: [agents]
gateway: ${origin}
providers:
  ${vendor}: {}
models:
  main:
    chain: [${vendor}/${model}]
  fast:
    chain: [${vendor}/${model}-mini]
`;

/** Starts what a client is measured with. The mock stands where the bundled program has the vendors' own origins. */
export const startRig = async (root: string, id: string, withEngine: boolean): Promise<Rig> => {
  const client = benchClients[id]!;
  const cloud = await startCloud("cloud");
  const program = await bundled(root, Object.fromEntries(vendors.map((v) => [v, cloud.origin])));
  const isSpoken = withEngine && !client.noEngine;
  const mock = isSpoken ? undefined : await startCloud("second");
  const folder = await freshPlace(() => "", {});
  const engine = isSpoken ? await startEngine(root, folder.home) : undefined;
  const second = engine ? { name: "llama.cpp", engine } : { name: "a second mock", cloud: mock! };
  const place = await freshPlace(specFor({ client, second, origin: (engine ?? mock)!.origin }), client.home);
  const direct = await freshPlace(() => directSpec(cloud.origin, client), client.home);
  const remove = (): void => {
    for (const p of [place, direct, folder]) p.remove();
  };
  return { id, client, cloud, second, place: { ...place, remove }, direct, program, root };
};

/** Ends all of it. */
export const stopRig = async (rig: Rig): Promise<void> => {
  await portable(rig, ["proxy", "off", "--now"]);
  rig.second.engine?.stop();
  await Promise.all([rig.cloud.close(), rig.second.cloud?.close()]);
  rig.program.remove();
  rig.place.remove();
};

const LIMIT_MS = 30_000;
const environment = (
  { root, client }: Rig,
  place: Place,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  const all: Record<string, string> = {
    PATH: [...programFolders(root), process.env["PATH"]].join(":"),
    HOME: place.home,
    TMPDIR: join(place.home, "tmp"),
    XDG_STATE_HOME: join(place.state, ".."),
    TERM: "xterm",
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    SECOND_KEY: "second-key-for-the-mock",
    ...client.env,
    ...own,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
};
const portable = (
  rig: Rig,
  argv: readonly string[],
  own: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  ran({
    program: process.execPath,
    argv: [rig.program.cli, ...argv],
    cwd: rig.place.repository,
    env: environment(rig, rig.place, own),
    limitMs: LIMIT_MS,
  });

/** The proxy anew: it knows of no outage, and still which keys have worked. */
export const freshProxy = async (rig: Rig, own: Readonly<Record<string, string>> = {}): Promise<void> => {
  await portable(rig, ["proxy", "off", "--now"]);
  const on = await portable(rig, ["proxy", "on"], own);
  if (on.code !== 0) throw new Error(`the proxy did not start: ${on.stdout}${on.stderr}`);
};

/** Variables of a user who signs in through a web proxy, with no key of their own. */
export const signedIn = ({ origin }: SignIn): Record<string, string> => ({
  ANTHROPIC_API_KEY: "",
  HTTPS_PROXY: origin,
  NO_PROXY: "127.0.0.1,localhost",
});

/** One turn of a client. */
export interface Turn extends Ended {
  /** Who gave the answer; undefined: nobody did. */
  by: string | undefined;
  /** Seconds that the proxy waited for a deadline. */
  deadline: number;
  /** Requests that reached the vendor. */
  requests: number;
}

/** For so long `portable run claude` waits for a sign-in host before it starts the client with its stored login. */
const START_PROBE = 2;
const waited = (reasons: readonly string[]): number =>
  reasons.reduce(
    (sum, reason) =>
      sum +
      Number(
        /(?:no connection|no response|no content|no whole answer|silence|does not answer) for ([\d.]+) s/.exec(
          reason,
        )?.[1] ?? 0,
      ),
    0,
  );

/** Who answered at last, as far as the proxy and the client's output tell. */
const answeredBy = (
  rig: Rig,
  place: Place,
  ended: Ended,
  events: readonly Record<string, any>[],
): string | undefined => {
  if (ended.code !== 0) return undefined;
  const last = events.findLast((e) => e["event"] === "answer");
  const isAnswered = last?.["target"]?.startsWith("second/") && last["status"] === 200 && !last["broken"];
  if (isAnswered && rig.second.engine) return ended.stdout.trim() ? rig.second.name : undefined;
  const { stdout } = ended;
  // the beginning of an answer that broke off may stand before
  const text = [...stdout.matchAll(/answer of (cloud|second)(?:: (\S+))?/g)].at(-1);
  if (!text) return undefined;
  return text[2] === undefined || text[2].startsWith(place.canary) ? text[1] : undefined;
};

/** Has the client take a turn during an outage, started by `portable run`. */
export const takeTurn = async (
  rig: Rig,
  outage: Outage,
  limitMs: number,
  { place = rig.place, own = {} }: { place?: Place; own?: Readonly<Record<string, string>> } = {},
): Promise<Turn> => {
  const { client, cloud, second } = rig;
  const calls = outage.tools && client.calls?.(place.file);
  await cloud.be(outage.cloud, calls);
  await second.cloud?.be("healthy", calls);
  if (outage.login) writeLogin(place.home, outage.login);
  const before = logged(place.state).length;
  const ended = await ran({
    program: process.execPath,
    argv: [rig.program.cli, "run", rig.id, "--", ...client.argv("hi")],
    cwd: place.repository,
    env: environment(rig, place, own),
    limitMs,
  });
  const events = logged(place.state).slice(before);
  const started = ended.stderr.includes("portable: the host that renews") ? START_PROBE : 0;
  const reasons = events.flatMap((e) => [
    ...(e["missed"] ?? []).map((m: { reason: string }) => m.reason),
    e["broken"] ?? "",
  ]);
  return {
    ...ended,
    by: answeredBy(rig, place, ended, events),
    deadline: started + waited([...new Set(reasons)]),
    requests: cloud.asked.length,
  };
};
