// Says in one comment on the pull request what verify found; later runs update it. A clean run updates a comment that is there, and posts none.
// Whatever happens here the job ends as verify did: what could not be done is told as a notice.
import { readFileSync } from "node:fs";

const env = process.env;
const token = env.PORTABLE_TOKEN ?? "";
const api = (env.GITHUB_API_URL ?? "https://api.github.com").replace(/\/+$/, "");

/** What GitHub takes, in characters. */
const LIMIT = 65_536;
const TIMEOUT_MS = 15_000;
const PAUSE_MS = 500;
/** A comment is not worth a longer wait. */
const MOST_WAIT_MS = 20_000;
/** Pages of a hundred comments that are looked through. */
const PAGES = 50;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const withoutToken = (text) => (token ? text.replaceAll(token, "***") : text);
const notice = (text) => {
  const line = withoutToken(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  console.log(`::notice::portable: ${line}`);
};

const json = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** How long GitHub wants nothing from us, where it has had too many requests; undefined: it has not. */
const heldBackMs = (response, message) => {
  const after = Number(response.headers.get("retry-after") ?? Number.NaN);
  const spent = response.headers.get("x-ratelimit-remaining") === "0" || /rate limit/i.test(message);
  if (![403, 429].includes(response.status) || (Number.isNaN(after) && !spent && response.status === 403))
    return undefined;
  if (!Number.isNaN(after)) return after * 1000;
  const reset = Number(response.headers.get("x-ratelimit-reset") ?? 0) * 1000 - Date.now();
  return Math.max(PAUSE_MS, reset);
};

/** Why a request came to nothing; with `waitMs` another try may do. */
const faultOf = (response, text) => {
  const { status } = response;
  const message = String(json(text)?.message ?? "").slice(0, 200);
  const wait = heldBackMs(response, message);
  if (wait !== undefined)
    return wait <= MOST_WAIT_MS
      ? { why: "GitHub takes no more requests for now", waitMs: wait }
      : { why: `GitHub takes no more requests for ${Math.ceil(wait / 1000)} s` };
  if (status >= 500) return { why: `GitHub answered ${status}`, waitMs: PAUSE_MS };
  if (status === 401) return { why: "GitHub does not take the token" };
  if (status === 403 || status === 404)
    return {
      why: `the token may not do that (${status}): it needs \`pull-requests: write\`, which a run for a fork does not get`,
    };
  return { why: `GitHub answered ${status} ${message}`.trim() };
};

/** One request: `{ data, link }`, or `{ fault }`. */
const call = async (method, url, body) => {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "user-agent": "portable",
        "x-github-api-version": "2022-11-28",
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) return { fault: faultOf(response, text) };
    return { data: json(text), link: response.headers.get("link") ?? "" };
  } catch (e) {
    return {
      fault: { why: `GitHub cannot be reached (${e.cause?.code ?? e.name})`, waitMs: PAUSE_MS },
    };
  }
};

/** Who comments with this token. What a job is given may not ask, then it is the bot of the actions. */
const author = async () => {
  const graph = env.GITHUB_GRAPHQL_URL ?? `${api}/graphql`;
  const { data, fault } = await call("POST", graph, { query: "query { viewer { login } }" });
  if (fault?.waitMs !== undefined) return { fault };
  return { login: data?.data?.viewer?.login ?? "github-actions[bot]" };
};

/** The next page, at the same address: the token goes nowhere else. */
const nextOf = (link) => {
  const [, next] = /<([^<>]+)>;\s*rel="next"/.exec(link) ?? [];
  return next && URL.canParse(next) && new URL(next).origin === new URL(api).origin ? next : undefined;
};

/** Our comments on the pull request, oldest first: both the marker and the author must be ours. */
const ownComments = async ({ issue, marker }, login) => {
  const own = [];
  let url = `${api}/repos/${env.GITHUB_REPOSITORY}/issues/${issue}/comments?per_page=100`;
  for (let page = 0; url && page < PAGES; page++) {
    const { data, link, fault } = await call("GET", url);
    if (fault) return { fault };
    const isOwn = (c) =>
      [login, `${login}[bot]`].includes(c?.user?.login) && String(c.body ?? "").startsWith(marker);
    own.push(...(Array.isArray(data) ? data : []).filter(isOwn));
    url = nextOf(link);
  }
  return { own };
};

const commentUrl = (id) => `${api}/repos/${env.GITHUB_REPOSITORY}/issues/comments/${id}`;

/** Updates the first of our comments and takes away others, which runs at the same time may have left. */
const update = async ([first, ...others], body) => {
  const { fault } = first.body === body ? {} : await call("PATCH", commentUrl(first.id), { body });
  if (fault) return { fault };
  for (const other of others) await call("DELETE", commentUrl(other.id));
  return { done: "the comment on the pull request is up to date" };
};

/** Leaves one comment, or none: `{ done }`, or `{ fault }`. */
const say = async (run) => {
  const { login, fault: unknown } = await author();
  if (unknown) return { fault: unknown };
  const { own, fault } = await ownComments(run, login);
  if (fault) return { fault };
  if (own.length) return update(own, run.body);
  if (run.isClean) return { done: "clean, and no comment to update" };
  const url = `${api}/repos/${env.GITHUB_REPOSITORY}/issues/${run.issue}/comments`;
  const posted = await call("POST", url, { body: run.body });
  return posted.fault ? posted : { done: "commented on the pull request" };
};

/** The number of the pull request, or why there is none to comment on. */
const pullRequest = () => {
  const name = env.GITHUB_EVENT_NAME ?? "";
  if (name === "pull_request_target")
    return {
      refused:
        "no comment for pull_request_target, which lends a fork's files a token that may write: use pull_request",
    };
  if (name !== "pull_request") return { none: "no pull request, no comment" };
  const event = json(readFileSync(env.GITHUB_EVENT_PATH ?? "", "utf8"));
  const issue = event?.pull_request?.number;
  if (!Number.isSafeInteger(issue) || issue < 1)
    return { refused: "the event names no pull request: no comment" };
  return { issue, head: String(event.pull_request.head?.sha ?? "") };
};

/** One comment for each folder that is verified. */
const markerOf = (directory) => {
  const folder = directory.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "") || ".";
  return `<!-- portable verify ${encodeURIComponent(folder)} -->`;
};

const bodyOf = (marker, report, head) => {
  const run = `${env.GITHUB_SERVER_URL ?? "https://github.com"}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
  const commit = /^[0-9a-f]{40,64}$/.test(head) ? `\`${head.slice(0, 12)}\`, ` : "";
  const foot = `\n\n<sub>${commit}[this run](${run})</sub>\n`;
  return `${marker}\n${report.trim().slice(0, LIMIT - marker.length - foot.length - 1)}${foot}`;
};

const main = async () => {
  const { issue, head, refused, none } = pullRequest();
  if (none) return console.log(none);
  if (refused) return notice(refused);
  if (!/^[\w.-]+\/[\w.-]+$/.test(env.GITHUB_REPOSITORY ?? ""))
    return notice("no repository is named: no comment");
  if (!token) return notice("no token was given: no comment");
  const marker = markerOf(env.PORTABLE_DIRECTORY ?? "");
  const report = readFileSync(env.PORTABLE_REPORT ?? "", "utf8");
  const run = { issue, marker, isClean: env.PORTABLE_EXIT === "0", body: bodyOf(marker, report, head) };
  for (let tries = 2; ; tries--) {
    const { done, fault } = await say(run);
    if (done) return console.log(done);
    if (tries === 1 || fault.waitMs === undefined)
      return notice(
        `the pull request was not commented: ${fault.why}. The summary of the job says what was found`,
      );
    await pause(fault.waitMs);
  }
};

await main().catch((e) => notice(`the pull request was not commented: ${e.message}`));
