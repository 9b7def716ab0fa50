import { describe, expect, test } from "vitest";
import { bridgedId, variablesFor, withBridge } from "../../src/core/bridge.ts";
import { plan } from "../../src/core/plan.ts";
import { emptySpec, type Retrieval, type Server, type Spec, type Transport } from "../../src/core/spec.ts";
import { emptyWorld, type World } from "../../src/core/surface.ts";
import { isRetrieval } from "../../src/core/target.ts";
import { withInPlace } from "../../src/spec/in-place.ts";
import { targetById } from "../../src/targets/index.ts";

const handbook: Retrieval = {
  name: "handbook",
  description: "Company handbook",
  source: {
    type: "http",
    http: {
      url: ["https://", { env: "RAG_HOST" }, "/search"],
      headers: { Authorization: ["Bearer ", { env: "RAG_TOKEN" }], "X-Team": [{ env: "TEAM", or: "core" }] },
      request: { body: { key: "${RAG_KEY:-none}", list: ["${RAG_TOKEN}", "$${NO}"] } },
    },
  },
};
const at = (version: string): Spec => ({ ...emptySpec(), retrieval: [withBridge(handbook, version)] });
const claude = targetById("claude")!;
const build = (spec: Spec, world: World = emptyWorld(), upgraded = false) =>
  plan({ targets: [claude], spec, world, upgraded });
const rowsOf = (world: World) => JSON.parse(String(world.files.get(".mcp.json"))).mcpServers;

describe("the row that starts our server", () => {
  test("names the package, its version and the id; variables by name, each once", () => {
    expect(variablesFor((handbook.source as any).http)).toEqual(["RAG_HOST", "RAG_TOKEN", "TEAM", "RAG_KEY"]);
    const p = build(at("1.2.3"));
    expect(p.losses).toEqual([]);
    expect(rowsOf(p.after)).toEqual({
      handbook: {
        type: "stdio",
        command: "npx",
        args: ["-y", "@portable-config/cli@1.2.3", "mcp", "retrieval", "handbook"],
        env: {
          RAG_HOST: "${RAG_HOST}",
          RAG_TOKEN: "${RAG_TOKEN}",
          TEAM: "${TEAM}",
          RAG_KEY: "${RAG_KEY}",
        },
      },
    });
  });
  test("Cursor is told where to start it", () => {
    const p = plan({ targets: [targetById("cursor")!], spec: at("1.2.3"), world: emptyWorld() });
    expect(p.losses).toEqual([]);
    expect(JSON.parse(String(p.after.files.get(".cursor/mcp.json"))).mcpServers.handbook).toMatchObject({
      cwd: "${workspaceFolder}",
      env: { RAG_TOKEN: "${env:RAG_TOKEN}" },
    });
  });
  test("LiteLLM hands on only what has no default", () => {
    const p = plan({ targets: [targetById("litellm")!], spec: at("1.2.3"), world: emptyWorld() });
    const text = String(p.after.files.get("litellm_config.yaml"));
    expect(text).toContain('RAG_TOKEN: "os.environ/RAG_TOKEN"');
    expect(text).not.toMatch(/TEAM|RAG_KEY/);
    expect(p.losses.filter((l) => !l.weak)).toEqual([]);
  });
  test("another version of the compiler is told as what it is", () => {
    const old = build(at("1.2.3"));
    const p = build(at("1.3.0"), old.after, true);
    expect(p.drifts).toMatchObject([{ cause: "upgraded", ours: true }]);
    expect(rowsOf(p.after).handbook.args).toContain("@portable-config/cli@1.3.0");
  });
  test("only an HTTP source has one", () => {
    for (const source of [
      { type: "mcp", mcp: { type: "stdio", command: ["x"] } },
      { type: "vector_store", vector_store: { id: ["x"] } },
    ] as Retrieval["source"][])
      expect(withBridge({ name: "x", source }, "1.0.0").bridge).toBeUndefined();
  });
});

describe("such a row is read back as the retrieval", () => {
  const stdio = (command: string, ...args: string[]): Transport => ({
    type: "stdio",
    command: [command],
    args: args.map((a) => [a]),
  });
  test("what it starts is known, whatever the version", () => {
    for (const name of ["handbook", "-x", "a b", "é"])
      expect(bridgedId(withBridge({ ...handbook, name }, "0.1.0").bridge!)).toBe(name);
    expect(bridgedId(stdio("npx", "@portable-config/cli", "mcp", "retrieval", "x"))).toBe("x");
    for (const other of [
      stdio("node", "-y", "@portable-config/cli@1.0.0", "mcp", "retrieval", "x"),
      stdio("npx", "-y", "@portable-config/cli-x@1.0.0", "mcp", "retrieval", "x"),
      stdio("npx", "-y", "@portable-config/cli@1.0.0", "mcp", "retrieval"),
      stdio("npx", "-y", "@portable-config/cli@1.0.0", "mcp", "retrieval", "x", "y"),
      stdio("npx"),
      { type: "http", url: ["npx"] } as Transport,
    ])
      expect(bridgedId(other)).toBeUndefined();
  });
  test("by its name and by what it starts", () => {
    const all = at("1.3.0").retrieval;
    const old: Server = { name: "handbook", transport: withBridge(handbook, "0.1.0").bridge! };
    expect(isRetrieval(claude, old, all)).toBe(true);
    expect(isRetrieval(claude, { ...old, name: "other" }, all)).toBe(false);
    expect(isRetrieval(claude, { ...old, transport: stdio("x") }, all)).toBe(false);
    expect(isRetrieval(claude, old, [])).toBe(false);
    expect(isRetrieval(targetById("agents")!, old, all)).toBe(false);
  });
  test("also where the tool's files are the spec in place, and nobody knows who wrote them", () => {
    const world = { ...build(at("0.1.0")).after, ledger: new Map() };
    const { spec, diagnostics } = withInPlace(at("1.3.0"), world, [claude], [], [claude]);
    expect([spec.server, spec.retrieval.length, diagnostics]).toEqual([[], 1, []]);
    const alone = withInPlace(emptySpec(), world, [claude], [], [claude]);
    expect(alone.spec.server.map((s) => s.name)).toEqual(["handbook"]);
  });
});
