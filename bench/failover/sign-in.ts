import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";

/** A web proxy on loopback behind which the sign-in host is out of order. */
export interface SignIn {
  origin: string;
  /** How often it was asked. */
  asked: number;
  close(): Promise<void>;
}

/** `refused`: every tunnel is turned down; `hangs`: none is ever answered. */
export const startSignIn = (how: "refused" | "hangs"): Promise<SignIn> =>
  new Promise((resolve) => {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => open.delete(socket));
      socket.once("data", () => {
        signIn.asked++;
        if (how === "refused") socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      });
    });
    const close = (): Promise<void> =>
      new Promise((done) => {
        for (const socket of open) socket.destroy();
        server.close(() => done());
      });
    const signIn: SignIn = { origin: "", asked: 0, close };
    server.listen(0, "127.0.0.1", () => {
      signIn.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve(signIn);
    });
  });

const HOUR = 3_600_000;
/** Writes a login of Claude Code 2.1.330 with dummy tokens (its own file, seen 2026-11-22). */
export const writeLogin = (home: string, state: "valid" | "expired"): void => {
  mkdirSync(join(home, ".claude"), { recursive: true });
  const claudeAiOauth = {
    accessToken: "dummy-access-token-for-the-mock",
    refreshToken: "dummy-refresh-token-for-the-mock",
    expiresAt: Date.now() + (state === "valid" ? 8 * HOUR : -HOUR),
    scopes: ["user:inference", "user:profile"],
    subscriptionType: "max",
  };
  writeFileSync(join(home, ".claude", ".credentials.json"), JSON.stringify({ claudeAiOauth }), {
    mode: 0o600,
  });
};
