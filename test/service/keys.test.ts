import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keyring, variablesOf } from "../../src/service/keys.ts";

const fresh = (): string => mkdtempSync(join(tmpdir(), "portable-keys-"));
const env = { PATH: process.env["PATH"] };

describe("keys", () => {
  test("come from the environment, then from .env", () => {
    const root = fresh();
    writeFileSync(join(root, ".env"), 'A_KEY="from the file"\nB_KEY=b # note\n');
    const ring = keyring(root, { ...env, A_KEY: "mine" }, Date.now, () => undefined);
    expect(ring({ env: "A_KEY" }, false)).toBe("mine");
    expect(ring({ env: "B_KEY" }, false)).toBe("b");
    expect(ring({ env: "C_KEY" }, false)).toBeUndefined();
    writeFileSync(join(root, ".env"), "C_KEY=later\n");
    expect(ring({ env: "C_KEY" }, false)).toBe("later");
  });

  test("an empty variable is none", () => {
    expect(
      keyring(fresh(), { ...env, A: "" }, Date.now, () => undefined)({ env: "A" }, false),
    ).toBeUndefined();
    expect(variablesOf(fresh(), { A: "1" })).toEqual({ A: "1" });
  });

  test("a command is run once in five minutes, and again where its key was refused", async () => {
    const root = fresh();
    let now = 0;
    const ring = keyring(
      root,
      env,
      () => now,
      () => undefined,
    );
    const key = { command: "echo x >> runs; echo sk-one" };
    const runs = (): number => readFileSync(join(root, "runs"), "utf8").length / 2;
    expect(await ring(key, false)).toBe("sk-one");
    expect(await ring(key, false)).toBe("sk-one");
    expect(runs()).toBe(1);
    await ring(key, true);
    expect(runs()).toBe(2);
    now = 6 * 60_000;
    await ring(key, false);
    expect(runs()).toBe(3);
  });

  test("a command that fails or says nothing gives no key, and what it printed is told to nobody", async () => {
    const said: string[] = [];
    const ring = keyring(fresh(), env, Date.now, (reason) => said.push(reason));
    expect(await ring({ command: "echo sk-secret; exit 1" }, false)).toBeUndefined();
    expect(await ring({ command: "true" }, false)).toBeUndefined();
    expect(await ring({ command: "no-such-program-here" }, false)).toBeUndefined();
    expect(said).toEqual(["its command failed", "its command printed nothing", "its command failed"]);
  });
});
