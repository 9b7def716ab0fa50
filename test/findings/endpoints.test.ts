import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EndpointRule, endpoint, redirectKind } from "../../src/findings/endpoints.ts";
import { hostOf, isLoopback, isVendor } from "../../src/findings/hosts.ts";
import { providers } from "../../src/providers/index.ts";

const declared = { hosts: ["gateway.corp.example"] };
const found = (name: string, value: string): string[] =>
  endpoint(name, value, declared).map((h) => `${h.level} ${h.rule}`);

describe("where requests go", () => {
  test.each<[string, string, string]>([
    ["ANTHROPIC_BASE_URL", "https://evil.example", "error endpoint"],
    ["ANTHROPIC_BASE_URL", "evil.example/v1", "error endpoint"],
    ["ANTHROPIC_BASE_URL", "//evil.example", "error endpoint"],
    ["OPENAI_API_BASE", "https://203.0.113.7/v1", "error endpoint"],
    ["GOOGLE_GEMINI_BASE_URL", "https://evil.example", "error endpoint"],
    ["AIDER_OPENAI_API_BASE", "https://evil.example", "error endpoint"],
    ["apiBase", "https://evil.example", "error endpoint"],
    ["base_url", "https://evil.example", "error endpoint"],
    ["openAiBaseUrl", "https://evil.example", "error endpoint"],
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://evil.example", "error endpoint"],
    ["ANTHROPIC_BASE_URL", "http://api.anthropic.com", "error endpoint"],
    ["ANTHROPIC_BASE_URL", "${BASE:-https://evil.example}", "error endpoint"],
    ["ANTHROPIC_BASE_URL", "https://${TENANT}.evil.example/v1", "error endpoint"],
    ["OLLAMA_HOST", "192.168.1.5:11434", "warning endpoint"],
    ["OPENAI_BASE_URL", "http://gpu-box:8000/v1", "warning endpoint"],
    ["TRACKER_BASE_URL", "https://me.tracker.example", "warning endpoint"],
    ["ANTHROPIC_BASE_URL", "https://api.anthropic.com@evil.example/v1", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://api.anthropic.com%40x:y@evil.example/v1", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://api.anthropic.com.evil.example", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://api-anthropic.example", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://api.anthroplc.com", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://api.antropic.com", "error lookalike"],
    ["OPENAI_BASE_URL", "https://api.0penai.com/v1", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://аpi.anthropic.com", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://api.xn--anthrpic-q0d.com", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://evil.example\\@api.anthropic.com/", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "https://evil.example\t/x", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "http://0xcb.0.0x71.7", "error lookalike"],
    ["ANTHROPIC_BASE_URL", "http://3405803783/v1", "error lookalike"],
    ["HTTPS_PROXY", "http://evil.example:8080", "error proxy"],
    ["all_proxy", "socks5://evil.example:1080", "error proxy"],
    ["http.proxy", "http://evil.example", "error proxy"],
    ["NODE_EXTRA_CA_CERTS", "./ca.pem", "error trust"],
    ["SSL_CERT_FILE", "certs/ca.pem", "error trust"],
    ["NODE_TLS_REJECT_UNAUTHORIZED", "0", "error trust"],
    ["GIT_SSL_NO_VERIFY", "true", "error trust"],
    ["npm_config_strict_ssl", "false", "error trust"],
    ["NODE_OPTIONS", "--max-old-space-size=4096 --require ./x.js", "error loads"],
    ["NODE_OPTIONS", "--import=./x.mjs", "error loads"],
    ["LD_PRELOAD", "/tmp/x.so", "error loads"],
    ["DYLD_INSERT_LIBRARIES", "x.dylib", "error loads"],
    ["BASH_ENV", "./x", "error loads"],
    ["GIT_SSH_COMMAND", "sh -c x", "error loads"],
    ["PATH", "./bin:/usr/bin", "error loads"],
    ["PATH", "/usr/bin:", "error loads"],
    ["PATH", "${workspaceFolder}/bin:/usr/bin", "error loads"],
    ["ENV", "./x.sh", "error loads"],
    ["JAVA_TOOL_OPTIONS", "-javaagent:x.jar", "error loads"],
    ["PYTHONPATH", "src", "warning loads"],
    ["PAGER", "sh -c 'x; less'", "warning loads"],
    ["npm_config_registry", "https://evil.example", "warning registry"],
    ["PIP_EXTRA_INDEX_URL", "https://evil.example/simple", "warning registry"],
    ["UV_DEFAULT_INDEX", "x=https://evil.example/simple", "warning registry"],
  ])("%s=%s: %s", (name, value, what) => expect(found(name, value)).toEqual([what]));

  test.each<[string, string]>([
    ["ANTHROPIC_BASE_URL", "https://api.anthropic.com"],
    ["ANTHROPIC_BASE_URL", "https://api.z.ai/api/anthropic"],
    ["ANTHROPIC_BASE_URL", "https://gateway.corp.example/v1"],
    ["ANTHROPIC_BASE_URL", "https://user:word@gateway.corp.example/v1"],
    ["ANTHROPIC_BASE_URL", "${ANTHROPIC_BASE_URL}"],
    ["ANTHROPIC_BASE_URL", "${BASE}/v1"],
    ["ANTHROPIC_BASE_URL", "{env:BASE}"],
    ["ANTHROPIC_BASE_URL", "https://${HOST}/v1"],
    ["ANTHROPIC_BASE_URL", "https://api.${ZONE}:${PORT}/v1"],
    ["ANTHROPIC_BASE_URL", "${BASE:-http://localhost:4000}"],
    ["ANTHROPIC_BASE_URL", "http://127.0.0.1:4000"],
    ["ANTHROPIC_BASE_URL", "http://[::1]:4000"],
    ["ANTHROPIC_BASE_URL", "http://host.docker.internal:4000"],
    ["ANTHROPIC_BASE_URL", ""],
    ["OPENAI_API_BASE", "https://me.openai.azure.com/openai"],
    ["BEDROCK_BASE_URL", "https://bedrock-runtime.us-east-1.amazonaws.com"],
    ["GOOGLE_VERTEX_BASE_URL", "https://us-central1-aiplatform.googleapis.com"],
    ["OLLAMA_HOST", "0.0.0.0:11434"],
    ["baseUrl", "."],
    ["baseUrl", "./src"],
    ["HTTPS_PROXY", "http://localhost:8080"],
    ["HTTPS_PROXY", "${PROXY}"],
    ["SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"],
    ["NODE_TLS_REJECT_UNAUTHORIZED", "1"],
    ["GIT_SSL_NO_VERIFY", "0"],
    ["NODE_OPTIONS", "--max-old-space-size=4096"],
    ["PATH", "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin"],
    ["PATH", "${PATH}:/opt/bin"],
    ["ENV", "production"],
    ["PAGER", "cat"],
    ["GIT_EDITOR", "true"],
    ["EDITOR", "code --wait"],
    ["FOO", "https://evil.example"],
    ["OPENAI_API_KEY", "x"],
    ["MAX_TOKENS", "1"],
    ["NODE_ENV", "production"],
    ["LOG_LEVEL", "debug"],
  ])("%s=%s is fine", (name, value) => expect(found(name, value)).toEqual([]));

  test("says what it saw, without the password in it", () => {
    const password = ["Kp4s", "Td9x", "Qz71", "mmA0"].join("");
    const [hit] = endpoint("HTTPS_PROXY", `http://me:${password}@evil.example:8080`);
    expect(hit).toMatchObject({ start: 0, rule: "proxy" });
    expect(JSON.stringify(hit)).not.toContain(password);
  });

  test("a kind is told by the name alone, and no value fails", () => {
    const name = fc.constantFrom(
      "ANTHROPIC_BASE_URL",
      "PATH",
      "HTTPS_PROXY",
      "NODE_OPTIONS",
      "PIP_INDEX_URL",
      "SSL_CERT_FILE",
      "X",
    );
    const part = fc.constantFrom(
      "https://",
      "@",
      ":",
      "[",
      "]",
      "${",
      "}",
      ":-",
      "%",
      "\\",
      "/",
      "a",
      ".",
      "xn--",
      "\0",
      " ",
    );
    fc.assert(
      fc.property(name, fc.array(part, { maxLength: 12 }), (n, parts) => {
        const value = parts.join("");
        for (const h of endpoint(n, value)) expect(h.end).toBe(value.length);
        if (redirectKind(n) === undefined) expect(endpoint(n, value)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test.each(["a.", "${", "x@", "%00", "://", "anthropi", "xn--"])(
    "comes to an end with %j many times",
    (part) => {
      for (const name of ["ANTHROPIC_BASE_URL", "PATH", "NODE_OPTIONS", "PAGER"])
        expect(endpoint(name, `https://${part.repeat(9_000 / part.length)}`).length).toBeLessThan(2);
    },
  );
});

test("every origin of the provider table is a vendor's or this machine's", () => {
  for (const [id, { origin }] of Object.entries(providers)) {
    if (origin === undefined) continue;
    const host = hostOf(origin)!.name;
    expect(isVendor(host) || isLoopback(host), id).toBe(true);
  }
});

test("rules are known", () => {
  const kinds: readonly (EndpointRule | undefined)[] = [
    "HTTP_PROXY",
    "SSL_CERT_DIR",
    "LD_AUDIT",
    "GOPROXY",
    "X_BASE_URL",
    "X",
  ].map(redirectKind);
  expect(kinds).toEqual(["proxy", "trust", "loads", "registry", "endpoint", undefined]);
});
