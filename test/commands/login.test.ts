import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clients } from "../../src/clients/index.ts";
import { loginFile, storedLogin } from "../../src/commands/login.ts";

const claude = clients["claude"]!;
const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

/** Web proxies behind which the sign-in host hangs, or is turned down. */
const proxies: { hanging: Server; refusing: Server } = {
  hanging: createServer((s) => s.on("error", () => undefined).resume()),
  refusing: createServer((s) => s.end("HTTP/1.1 502 Bad Gateway\r\n\r\n")),
};
const origin = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeAll(() =>
  Promise.all(
    Object.values(proxies).map((s) => new Promise<void>((resolve) => s.listen(0, "127.0.0.1", resolve))),
  ),
);
afterAll(() => {
  for (const server of Object.values(proxies)) server.close();
});

const stored = (text: string): { CLAUDE_CONFIG_DIR: string; file: string } => {
  const folder = join(mkdtempSync(join(tmpdir(), "portable-login-")), "claude");
  mkdirSync(folder);
  const file = join(folder, ".credentials.json");
  writeFileSync(file, text, { mode: 0o600 });
  return { CLAUDE_CONFIG_DIR: folder, file };
};
const expiring = (expiresAt: number): string =>
  JSON.stringify({ claudeAiOauth: { accessToken: "stored-token", refreshToken: "refresh", expiresAt } });
const asked = (text: string, server: Server, own: Record<string, string> = {}) =>
  storedLogin(
    claude,
    {
      CLAUDE_CONFIG_DIR: stored(text).CLAUDE_CONFIG_DIR,
      HTTPS_PROXY: origin(server),
      NO_PROXY: "",
      ...own,
    },
    NOW,
  );
const used = { CLAUDE_CODE_OAUTH_TOKEN: "stored-token" };

describe("a stored login of Claude Code", () => {
  test("is used as it is where it must be renewed and the host that renews it hangs", async () => {
    const { hanging } = proxies;
    expect(
      await Promise.all([
        asked(expiring(NOW - 60 * MINUTE), hanging),
        // Claude Code renews it five minutes early
        asked(expiring(NOW + 4 * MINUTE), hanging),
      ]),
    ).toEqual([used, used]);
  });

  test("is left to Claude Code in every other case, and nobody is asked", async () => {
    const { hanging, refusing } = proxies;
    expect(await asked(expiring(NOW - 60 * MINUTE), refusing)).toEqual({});
    let connections = 0;
    hanging.on("connection", () => connections++);
    expect(await asked(expiring(NOW + 6 * MINUTE), hanging)).toEqual({});
    const own = { CLAUDE_CODE_OAUTH_TOKEN: "the user's own" };
    expect(await asked(expiring(0), hanging, own)).toEqual({});
    for (const broken of ["", "{", "null", "[]", '{"claudeAiOauth":{"accessToken":"x"}}'])
      expect(await asked(broken, hanging)).toEqual({});
    expect(await storedLogin(claude, { CLAUDE_CONFIG_DIR: "/nowhere/at/all" }, NOW)).toEqual({});
    expect(await storedLogin(clients["codex"]!, {}, NOW)).toEqual({});
    expect(connections).toBe(0);
  });

  test("is never written", async () => {
    const text = expiring(NOW - MINUTE);
    const { CLAUDE_CONFIG_DIR, file } = stored(text);
    const before = statSync(file);
    const env = { CLAUDE_CONFIG_DIR, HTTPS_PROXY: origin(proxies.refusing), NO_PROXY: "" };
    expect(loginFile(claude, env)).toBe(file);
    await storedLogin(claude, env, NOW);
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(statSync(file).mtimeMs).toBe(before.mtimeMs);
  });
});
