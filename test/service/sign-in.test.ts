import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { presenceOf, webProxy } from "../../src/service/sign-in.ts";

const servers: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
const heard: string[] = [];
/** A server that says something once it has heard something; undefined: it never does. */
const serve = (says: string | undefined, staysOpen = false): Promise<string> =>
  new Promise((resolve) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("data", (bytes) => {
        heard.push(bytes.toString("latin1"));
        if (says !== undefined) socket.write(says);
        if (says !== undefined && !staysOpen) socket.end();
      });
    });
    servers.push({ server, sockets });
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
const LIMIT = 150;
const unknown = "https://sign-in.invalid/token";

describe("a host hangs", () => {
  test("when it takes a connection and says nothing", async () => {
    expect(await presenceOf(`https://${await serve(undefined)}/x`, {}, LIMIT)).toBe("hangs");
  });
  test("when the web proxy never opens the tunnel, or nothing comes through it", async () => {
    expect(await presenceOf(unknown, { HTTPS_PROXY: `http://${await serve(undefined)}` }, LIMIT)).toBe(
      "hangs",
    );
    const silent = await serve("HTTP/1.1 200 Connection established\r\n\r\n", true);
    expect(await presenceOf(unknown, { HTTPS_PROXY: `http://${silent}` }, LIMIT)).toBe("hangs");
    expect(heard.at(-1)).toMatch(
      /^CONNECT sign-in\.invalid:443 HTTP\/1\.1\r\nHost: sign-in\.invalid:443\r\n/,
    );
  });
});

describe("a host is there or away", () => {
  test("away when nobody listens, or has that name", async () => {
    expect(await presenceOf("https://127.0.0.1:9/x", {}, 5_000)).toBe("away");
    expect(await presenceOf(unknown, {}, 5_000)).toBe("away");
  });
  test("there when it says anything at all", async () => {
    expect(await presenceOf(`https://${await serve("no TLS here")}/x`, {}, 5_000)).toBe("there");
  });
  test("away when the web proxy refuses, or is not there", async () => {
    const refusing = await serve("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    expect(await presenceOf(unknown, { https_proxy: `http://me:secret@${refusing}` }, 5_000)).toBe("away");
    expect(heard.at(-1)).toContain(
      `Proxy-Authorization: Basic ${Buffer.from("me:secret").toString("base64")}`,
    );
    expect(await presenceOf(unknown, { HTTPS_PROXY: "http://127.0.0.1:9" }, 5_000)).toBe("away");
  });
});

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: "http://p:1" }, "http://p:1/"],
  [{ https_proxy: "http://p:1" }, "http://p:1/"],
  [{ HTTP_PROXY: "http://p:2" }, "http://p:2/"],
  [{ HTTPS_PROXY: "not an address" }, undefined],
  [{ HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, undefined],
  [{ HTTPS_PROXY: "http://p:1", NO_PROXY: "localhost, .claude.com" }, undefined],
  [{ HTTPS_PROXY: "http://p:1", no_proxy: "claude.com" }, undefined],
  [{ HTTPS_PROXY: "http://p:1", NO_PROXY: "aude.com,claude" }, "http://p:1/"],
])("the web proxy of %j", (env, expected) => {
  expect(webProxy("platform.claude.com", env as Record<string, string>)?.href).toBe(expected);
});
