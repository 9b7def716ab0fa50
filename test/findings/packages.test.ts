import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advisories, advisoryOn } from "../../src/findings/advisories.ts";
import { launches, lineLaunches, packageHits } from "../../src/findings/packages.ts";
import { corpus, NO_CORPUS } from "../corpus.ts";

const digest = `sha256:${"a1".repeat(32)}`;

describe("packages that a command fetches", () => {
  test.each<[string, string, string | undefined, boolean]>([
    ["npx a", "a", undefined, false],
    ["npx -y @a/b@1.2.3 --x y", "@a/b", "1.2.3", true],
    ["npx -y a@latest", "a", "latest", false],
    ["npx a@^1.0.0", "a", "^1.0.0", false],
    ["npx a@~1.0.0", "a", "~1.0.0", false],
    ["npx a@1", "a", "1", false],
    ["npx a@1.2", "a", "1.2", false],
    ["npx a@next", "a", "next", false],
    ["npx a@1.2.3-beta.1", "a", "1.2.3-beta.1", true],
    ["npx --yes --package=@a/b@2.0.0 b", "@a/b", "2.0.0", true],
    ["npx -p a@1.0.0 b", "a", "1.0.0", true],
    ["npx --registry https://r.example a", "a", undefined, false],
    ["npx.cmd -y a@1.0.0", "a", "1.0.0", true],
    ["/usr/local/bin/npx a", "a", undefined, false],
    ["npm exec --yes -- a@1.0.0", "a", "1.0.0", true],
    ["npm x a", "a", undefined, false],
    ["bunx --bun a@1.0.0", "a", "1.0.0", true],
    ["bun x a", "a", undefined, false],
    ["pnpm --silent dlx a@1.0.0", "a", "1.0.0", true],
    ["pnpm dlx a", "a", undefined, false],
    ["yarn dlx -p a@1.0.0 b", "a", "1.0.0", true],
    ["deno run -A npm:a@1.0.0", "a", "1.0.0", true],
    ["npx a@npm:b@1.0.0", "b", "1.0.0", true],
    ["npx ${REF}/a a", "", undefined, false],
    ["npx a@${VERSION}", "a", "${VERSION}", true],
    ["uvx a", "a", undefined, false],
    ["uvx a@1.2.3", "a", "1.2.3", true],
    ["uvx a@latest", "a", "latest", false],
    ["uvx a==1.2", "a", "1.2", true],
    ["uvx --python 3.12 --from 'a[cli]==1.2.3' b", "a", "1.2.3", true],
    ["uvx --from 'a>=1.2' b", "a", ">=1.2", false],
    ["uv tool run a", "a", undefined, false],
    ["uv run --with a==1.0 a run x.py", "a", "1.0", true],
    ["pipx run --spec a==1.0 b", "a", "1.0", true],
    ["pipx run a", "a", undefined, false],
    ["uvx --from git+https://github.com/a/b@main b", "git+https://github.com/a/b", "main", false],
    ["uvx --from git+https://github.com/a/b@0123abcdef b", "git+https://github.com/a/b", "0123abcdef", true],
    ["npx github:a/b#0123abc", "github:a/b", "0123abc", true],
    ["npx a/b", "a/b", undefined, false],
    ["docker run -i --rm -e A -e B=1 -v /a:/b ghcr.io/a/b:latest --x", "ghcr.io/a/b", "latest", false],
    ["docker run -it --name x --network host a/b", "a/b", undefined, false],
    ["docker run --rm -p 80:80 localhost:5000/a:1.2.3 sh", "localhost:5000/a", "1.2.3", true],
    [`docker run a/b:latest@${digest}`, "a/b", digest, true],
    ["podman run --rm a:3", "a", "3", false],
    ["cmd /c npx -y a", "a", undefined, false],
    ["env A=1 npx a", "a", undefined, false],
    ["sh -c 'npx -y a@1.0.0'", "a", "1.0.0", true],
  ])("%s", (line, name, version, pinned) => {
    if (!name) return expect(lineLaunches(line)).toEqual([]);
    expect(lineLaunches(line)).toMatchObject([{ name, pinned, runs: true }]);
    expect(lineLaunches(line)[0]!.version).toBe(version);
  });

  test.each([
    "npm run a",
    "npx",
    "npx --no-install tsc",
    "npx ./local",
    "npx -c 'a b'",
    "node server.js",
    "uv run server.py",
    "uv --directory /x run server.py",
    "deno run -A main.ts",
    "docker ps",
    "docker compose up",
    "echo npx a",
    "python -m a",
  ])("none in %s", (line) => expect(lineLaunches(line).filter((l) => l.runs)).toEqual([]));

  test("says which word, and where in it", () => {
    expect(launches("npx", ["-y", "--package=a@1.0.0", "b"])).toEqual([
      { registry: "npm", name: "a", version: "1.0.0", pinned: true, runs: true, arg: 2, start: 10, end: 17 },
    ]);
    const line = "true && npx -y a@latest";
    const [hit] = packageHits(line, []);
    expect(line.slice(hit!.start, hit!.end)).toBe("a@latest");
    expect(launches("sh", ["-c", "npx -y a"])).toMatchObject([{ arg: 2, start: 7, end: 8 }]);
    expect(launches("npx -y a", [])).toMatchObject([{ name: "a", arg: 0, start: 7 }]);
  });

  test("never fails on any words", () => {
    const word = fc.constantFrom(
      "-y",
      "-p",
      "--package",
      "--from",
      "--with",
      "a",
      "a@1",
      "--",
      "-e",
      "--x=y",
      "@",
      "@a",
      "git+",
      ":",
      "run",
      "",
    );
    const program = fc.constantFrom("npx", "uvx", "docker", "pnpm", "npm", "pipx", "uv", "sh");
    fc.assert(
      fc.property(program, fc.array(word, { maxLength: 8 }), (command, args) => {
        for (const { arg, start, end } of launches(command, args)) {
          const text = [command, ...args][arg]!;
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each(["npx -y ", "uvx --with a ", "docker run -e A ", "npx a; ", "sh -c 'npx "])(
    "comes to an end with %j many times",
    (part) => expect(packageHits(part.repeat(50_000 / part.length), []).length).toBeLessThan(50_000),
  );
});

describe("what is wrong with them", () => {
  test("an unpinned one gets the line to write and the way to its version", () => {
    expect(packageHits("npx", ["-y", "@a/b@latest"])).toEqual([
      {
        rule: "unpinned",
        level: "warning",
        arg: 2,
        start: 0,
        end: 11,
        reason: '@a/b follows "latest": whatever is published next runs here',
        evidence: "@a/b@latest",
        note: "write the version that you have checked; `npm view @a/b version` tells the newest",
        fix: "@a/b@<version>",
      },
    ]);
    expect(packageHits("uvx", ["a"])).toMatchObject([{ fix: "a==<version>" }]);
    expect(packageHits("docker", ["run", "a/b"])).toMatchObject([{ fix: "a/b@sha256:<digest>" }]);
  });

  test("one that the repository itself pins is none", () => {
    expect(packageHits("npx prettier --write .", [], new Set(["prettier"]))).toEqual([]);
    expect(packageHits("npx prettier --write .", [])).toHaveLength(1);
  });

  test.each<[string, string[], string]>([
    ["npx", ["-y", "postmark-mcp@1.0.16"], "postmark-mcp"],
    ["uvx", ["litellm==1.82.7"], "litellm#24512"],
    ["uvx", ["--from", "LiteLLM[proxy]==1.82.8", "litellm"], "litellm#24512"],
    ["npx", ["nx@21.5.0"], "GHSA-cxm3-wv7p-598c"],
    ["npm", ["i", "-g", "@nx/key@3.2.0"], "GHSA-cxm3-wv7p-598c"],
    ["npx", ["-y", "mcp-remote@0.1.15", "https://x"], "CVE-2025-6514"],
    ["npx", ["-y", "@modelcontextprotocol/inspector@0.14.0"], "CVE-2025-49596"],
    ["npx", ["-y", "@modelcontextprotocol/server-filesystem@2025.3.28", "/x"], "CVE-2025-53109"],
    ["npx", ["-y", "@modelcontextprotocol/server-filesystem@0.6.2"], "CVE-2025-53109"],
    ["uv", ["run", "--with", "mcp==1.22.0", "x.py"], "CVE-2025-66416"],
    ["npx", ["figma-developer-mcp@0.6.2"], "CVE-2025-53967"],
    ["uvx", ["mcp_server_git==2025.12.18"], "CVE-2026-27735"],
    ["uvx", ["mcp-runcmd-server"], "JFrog"],
    ["sh", ["-c", "npm install litellm && pip install litellm==1.82.7"], "litellm#24512"],
  ])("known to be bad: %s %j", (command, args, id) => {
    const hits = packageHits(command, args).filter((h) => h.rule === "advisory");
    expect(hits).toMatchObject([{ level: "error", reason: expect.stringContaining(id) }]);
    expect(hits[0]!.note).toContain("https://");
  });

  test.each<[string, string[]]>([
    ["npx", ["-y", "postmark-mcp@1.0.15"]],
    ["uvx", ["litellm==1.82.9"]],
    ["npx", ["mcp-remote@0.1.16"]],
    ["npx", ["mcp-remote@0.0.4"]],
    ["npx", ["-y", "@modelcontextprotocol/server-filesystem@0.6.3"]],
    ["npx", ["-y", "@modelcontextprotocol/server-filesystem@2025.7.1"]],
    ["npx", ["nx@21.5.1"]],
    ["uvx", ["postmark-mcp==1.0.16"]],
    ["npx", ["gemini-mcp-tool@1.1.6"]],
  ])("not known to be bad: %s %j", (command, args) => expect(packageHits(command, args)).toEqual([]));

  test("a version before a release is older than it", () => {
    expect(advisoryOn("npm", "mcp-remote", "0.1.16-rc.1")).toBeDefined();
    expect(advisoryOn("npm", "mcp-remote", "v0.1.16")).toBeUndefined();
  });

  test("every advisory has versions that make sense, a date and a link", () => {
    for (const a of advisories) {
      expect(a.url).toMatch(/^https:\/\//);
      expect(a.on).toMatch(/^20\d\d(?:-\d\d){0,2}$/);
      const bad = a.versions ?? a.ranges?.map(([from]) => from) ?? ["1.0.0"];
      for (const name of a.names)
        for (const v of bad) expect(advisoryOn(a.registry, name, v), `${name} ${v}`).toBe(a);
      for (const [, fixed] of a.ranges ?? [])
        expect(advisoryOn(a.registry, a.names[0]!, fixed)).toBeUndefined();
    }
  });
});

test.skipIf(!corpus.length)(
  `real servers: none is known to be bad, some are not pinned (${NO_CORPUS})`,
  () => {
    const servers = corpus
      .filter((f) => /mcp\.json$/.test(f.path))
      .flatMap((f) => [...f.text.matchAll(/"command":\s*"([^"]+)",?\s*"args":\s*\[([^\]]*)\]/g)])
      .map((m) => [m[1]!, [...m[2]!.matchAll(/"([^"]*)"/g)].map((a) => a[1]!)] as const);
    expect(servers.length).toBeGreaterThan(8);
    const hits = servers.flatMap(([command, args]) => packageHits(command, args));
    expect(hits.filter((h) => h.rule === "advisory")).toEqual([]);
    expect(hits.map((h) => h.evidence).sort()).toEqual([
      "ghcr.io/microsoft/mcp-dotnet-samples/awesome-copilot:latest",
      "shadcn@latest",
    ]);
  },
);
