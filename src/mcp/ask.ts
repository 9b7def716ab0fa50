/** A request of an endpoint, its bounds with it. */
export interface Request {
  url: URL;
  method: "GET" | "POST";
  headers: Readonly<Record<string, string>>;
  body?: string;
  timeoutMs: number;
  maxBytes: number;
  /** Taken back by who asked. */
  cancelled: AbortSignal;
}
/** An answer's data, or why there is none: never a value that was sent, never a text of the other side. */
export type Answer = { data: unknown } | { reason: string };

/** Redirects that are followed, all of them on the same origin. */
const MAX_HOPS = 3;

const SIZES = ["B", "KiB", "MiB", "GiB"] as const;
const size = (bytes: number): string => {
  const n = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** n).toFixed(1))} ${SIZES[n]}`;
};

const codeOf = (e: unknown): string => {
  const cause = (e as { cause?: { code?: unknown; errors?: { code?: unknown }[] } }).cause;
  return String(cause?.code ?? cause?.errors?.[0]?.code ?? "");
};
const unreachable = (e: unknown): string => {
  const code = codeOf(e);
  if (code === "ECONNREFUSED") return "nothing listens at its address";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its host name is not known";
  if (/CERT|SELF_SIGNED|VERIFY|ALTNAME/.test(code)) return "its certificate is not accepted";
  return "it cannot be reached, or broke off";
};

const bodyOf = async (reply: Response, maxBytes: number): Promise<string | undefined> => {
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for await (const chunk of reply.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};

const dataOf = async (reply: Response, maxBytes: number): Promise<Answer> => {
  const text = await bodyOf(reply, maxBytes);
  if (text === undefined) return { reason: `its answer is larger than ${size(maxBytes)}` };
  try {
    return { data: JSON.parse(text) };
  } catch {
    return { reason: text.trim() ? "its answer is not JSON" : "its answer is empty" };
  }
};

/** Where a redirect leads, or why it is not followed: what we send is for this origin alone. */
const redirected = (reply: Response, from: URL): URL | string => {
  const to = reply.headers.get("location") ?? "";
  if (!to || !URL.canParse(to, from.href)) return `it answered ${reply.status} without an address`;
  const next = new URL(to, from.href);
  return next.origin === from.origin
    ? next
    : `it redirects to another origin, ${next.origin}, where nothing is sent`;
};

const refusedWith = (status: number): string =>
  status === 401 || status === 403
    ? `it answered ${status}: it does not accept the credentials`
    : `it answered ${status}`;

const follow = async (r: Request, signal: AbortSignal): Promise<Answer> => {
  const { method, headers, body } = r;
  let url = r.url;
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const sent = {
      method,
      headers,
      redirect: "manual",
      signal,
      ...(body !== undefined && { body }),
    } as const;
    const reply = await fetch(url.href, sent);
    if (reply.ok) return dataOf(reply, r.maxBytes);
    await reply.body?.cancel();
    if (reply.status < 300 || reply.status > 399) return { reason: refusedWith(reply.status) };
    const next = redirected(reply, url);
    if (typeof next === "string") return { reason: next };
    url = next;
  }
  return { reason: "it redirects without end" };
};

/** Asks an endpoint, bounded in time and bytes. Never throws. */
export const askEndpoint = async (r: Request): Promise<Answer> => {
  const ended = new AbortController();
  const late = AbortSignal.timeout(r.timeoutMs);
  try {
    return await follow(r, AbortSignal.any([r.cancelled, late, ended.signal]));
  } catch (e) {
    if (r.cancelled.aborted) return { reason: "it was cancelled" };
    return { reason: late.aborted ? `no answer within ${r.timeoutMs / 1000} s` : unreachable(e) };
  } finally {
    // ends what is left of an answer that was not read
    ended.abort();
  }
};
