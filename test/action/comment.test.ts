import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Api, startApi } from "./api.ts";
import { spawned } from "./composite.ts";

const script = join(import.meta.dirname, "../../scripts/action/comment.mjs");
const event = (name: string): string => join(import.meta.dirname, "events", `${name}.json`);

let api: Api;
let folder: string;
beforeEach(async () => {
  api = await startApi();
  folder = mkdtempSync(join(tmpdir(), "portable-comment-"));
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script; whatever happens it exits 0 and does not tell the token. */
const comment = async (report: string, env: Record<string, string> = {}): Promise<string> => {
  const file = join(folder, "report.md");
  writeFileSync(file, report);
  const { status, output } = await spawned(process.execPath, [script], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      GITHUB_API_URL: api.url,
      GITHUB_GRAPHQL_URL: `${api.url}/graphql`,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_RUN_ID: "42",
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_EVENT_PATH: event("pull_request"),
      PORTABLE_DIRECTORY: ".",
      PORTABLE_EXIT: "1",
      PORTABLE_REPORT: file,
      PORTABLE_TOKEN: api.token,
      ...env,
    },
  });
  expect({ status, tells: output.includes(api.token) }).toEqual({ status: 0, tells: false });
  return output;
};
const bodies = (): string[] => api.comments.map((c) => c.body);
const changes = (): string[] => api.asked.filter((a) => !/^GET|graphql/.test(a));

test("the first run comments, the second updates that comment, a clean one says so there", async () => {
  expect(await comment("### not clean, 2 errors")).toContain("commented on the pull request");
  expect(bodies()).toEqual([
    "<!-- portable verify . -->\n### not clean, 2 errors\n\n<sub>`5f1e0c2d9b7a`, [this run](https://github.example/acme/shop/actions/runs/42)</sub>\n",
  ]);
  expect(await comment("### not clean, 1 error")).toContain("up to date");
  expect(bodies()).toEqual([expect.stringContaining("### not clean, 1 error")]);
  await comment("### clean", { PORTABLE_EXIT: "0" });
  expect(bodies()).toEqual([expect.stringContaining("### clean")]);
  expect(changes().map((a) => a.split(" ")[0])).toEqual(["POST", "PATCH", "PATCH"]);
});

test("a clean run posts nothing where nothing was said", async () => {
  expect(await comment("### clean", { PORTABLE_EXIT: "0" })).toBe("clean, and no comment to update\n");
  expect(api.comments).toEqual([]);
});

test("a comment that is right already is not written again", async () => {
  await comment("### x");
  await comment("### x");
  expect(changes()).toHaveLength(1);
});

test("comments of others are left alone, whatever they begin with", async () => {
  const marked = "<!-- portable verify . -->\nmine";
  api.comments = [
    { id: 1, body: marked, user: { login: "mallory", type: "User" } },
    { id: 2, body: marked, user: { login: "github-actions", type: "User" } },
    { id: 3, body: `see\n${marked}`, user: { login: "github-actions[bot]", type: "Bot" } },
    {
      id: 4,
      body: "<!-- portable verify packages%2Fapi -->\nx",
      user: { login: "github-actions[bot]", type: "Bot" },
    },
  ];
  const before = structuredClone(api.comments);
  await comment("### not clean");
  expect(api.comments.slice(0, 4)).toEqual(before);
  expect(bodies().slice(4)).toEqual([expect.stringContaining("### not clean")]);
});

test("each folder has a comment of its own, however it is written", async () => {
  await comment("### root");
  await comment("### api", { PORTABLE_DIRECTORY: "./packages/api/" });
  await comment("### api again", { PORTABLE_DIRECTORY: "packages/api" });
  await comment("### hostile", { PORTABLE_DIRECTORY: "a --> <b>" });
  expect(bodies().map((b) => b.split("\n").slice(0, 2))).toEqual([
    ["<!-- portable verify . -->", "### root"],
    ["<!-- portable verify packages%2Fapi -->", "### api again"],
    ["<!-- portable verify a%20--%3E%20%3Cb%3E -->", "### hostile"],
  ]);
});

test("the token's own user is asked for; a token that may not ask is the bot's", async () => {
  api.login = "release-app[bot]";
  await comment("### one");
  await comment("### two");
  expect(bodies()).toEqual([expect.stringContaining("### two")]);
  api.login = undefined;
  await comment("### three");
  await comment("### four");
  expect(bodies()).toEqual([expect.stringContaining("### two"), expect.stringContaining("### four")]);
});

test("all pages are looked through, and pages elsewhere are not asked for", async () => {
  api.pageSize = 3;
  api.comments = Array.from({ length: 10 }, (_, i) => ({
    id: i + 1,
    body: "chat",
    user: { login: "dana", type: "User" },
  }));
  await comment("### one");
  await comment("### two");
  expect(bodies().filter((b) => b.includes("###"))).toEqual([expect.stringContaining("### two")]);
  expect(api.asked.filter((a) => a.startsWith("GET"))).toHaveLength(8);
  api.asked = [];
  const elsewhere = { link: '<http://127.0.0.1:1/steal>; rel="next"' };
  api.instead.push({ when: /^GET/, answer: { status: 200, headers: elsewhere, body: [] } });
  await comment("### three");
  expect(api.asked.filter((a) => a.startsWith("GET"))).toHaveLength(1);
});

test("of several comments of ours one is kept", async () => {
  const user = { login: "github-actions[bot]", type: "Bot" };
  api.comments = [1, 2, 3].map((id) => ({ id, body: "<!-- portable verify . -->\nold", user }));
  await comment("### new");
  expect(api.comments).toMatchObject([{ id: 1, body: expect.stringContaining("### new") }]);
});

test.each([
  [403, "Resource not accessible by integration"],
  [404, "Not Found"],
])("a token that may only read (%s) is a notice, once", async (status, message) => {
  api.instead.push({ when: /^POST \/repos/, answer: { status, body: { message } } });
  const said = await comment("### x", { GITHUB_EVENT_PATH: event("pull_request_fork") });
  expect(said).toMatch(
    /^::notice::portable: the pull request was not commented: .*`pull-requests: write`.*\n$/,
  );
  expect(changes()).toHaveLength(1);
});

test("a fault of the server is tried again once; a comment that arrived all the same is not posted twice", async () => {
  api.instead.push({ when: /^GET/, answer: { status: 502 } });
  expect(await comment("### one")).toContain("commented on the pull request");
  api.comments = [];
  api.instead.push({ when: /^GET/, answer: { status: 502 } }, { when: /^GET/, answer: { status: 503 } });
  expect(await comment("### two")).toMatch(/^::notice::.*answered 503/);
  // the answer to the first POST is lost, the comment is not
  api.instead.push({ when: /^POST \/repos/, answer: { status: 500 }, isDone: true });
  expect(await comment("### three")).toContain("up to date");
  expect(api.comments).toHaveLength(1);
});

test.each([
  ["429", { status: 429, headers: { "retry-after": "0" } }],
  ["403 with a time", { status: 403, headers: { "retry-after": "0" } }],
  [
    "403 with nothing left",
    {
      status: 403,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" },
      body: { message: "x" },
    },
  ],
])("a limit of requests (%s) is waited for", async (_, answer) => {
  api.instead.push({ when: /^GET/, answer });
  expect(await comment("### x")).toContain("commented on the pull request");
});

test("a long limit is not waited for", async () => {
  api.instead.push({ when: /^GET/, answer: { status: 429, headers: { "retry-after": "3600" } } });
  expect(await comment("### x")).toMatch(/^::notice::.*no more requests for 3600 s/);
});

test.each([
  [
    "a push",
    { GITHUB_EVENT_NAME: "push", GITHUB_EVENT_PATH: event("push") },
    /^no pull request, no comment\n$/,
  ],
  ["pull_request_target", { GITHUB_EVENT_NAME: "pull_request_target" }, /^::notice::.*use pull_request\n$/],
  ["an event that names none", { GITHUB_EVENT_PATH: event("push") }, /^::notice::.*names no pull request/],
  ["no event file", { GITHUB_EVENT_PATH: "/nowhere" }, /^::notice::.*not commented/],
  ["a repository that is none", { GITHUB_REPOSITORY: "../../x?y" }, /^::notice::.*no repository/],
  ["no token", { PORTABLE_TOKEN: "" }, /^::notice::.*no token/],
  ["no report", { PORTABLE_REPORT: "/nowhere" }, /^::notice::.*not commented/],
])("%s asks nothing of the API", async (_, env, said) => {
  expect(await comment("### x", env)).toMatch(said);
  expect(api.asked).toEqual([]);
});

test("a wrong token, an answer that repeats it, no server: a notice each", async () => {
  expect(await comment("### x", { PORTABLE_TOKEN: "other" })).toMatch(/^::notice::.*does not take the token/);
  api.instead.push({
    when: /^GET/,
    answer: { status: 422, body: { message: `no ${api.token}\n::error::x` } },
  });
  expect(await comment("### x")).toMatch(/^::notice::.*422 no \*\*\*%0A::error::x/);
  const down = { GITHUB_API_URL: "http://127.0.0.1:1", GITHUB_GRAPHQL_URL: "http://127.0.0.1:1/graphql" };
  expect(await comment("### x", down)).toMatch(/^::notice::.*cannot be reached/);
});

test("what is too long for a comment is cut", async () => {
  await comment(`### x\n${"y".repeat(80_000)}`);
  expect(bodies()[0]).toHaveLength(65_536);
  expect(bodies()[0]).toMatch(/^<!-- portable verify \. -->\n### x\n/);
  expect(bodies()[0]).toMatch(/runs\/42\)<\/sub>\n$/);
});
