// The vendor of the bench: answers as the query says, prints its port, and ends with its standard input.
//   /v1/messages                                 a message of half a kilobyte
//   /v1/messages?events=40&gapMs=10              a stream; each event holds the time at which it was written, in nanoseconds
import http from "node:http";

const message = Buffer.from(
  JSON.stringify({
    id: "msg_01bench",
    type: "message",
    role: "assistant",
    model: "claude-bench",
    content: [{ type: "text", text: "All is well. ".repeat(24) }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 12, output_tokens: 5 },
  }),
);
const event = (type, data) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const opening =
  event("message_start", {
    message: { id: "msg_01bench", type: "message", role: "assistant", model: "claude-bench", content: [] },
  }) + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
const stamped = () =>
  event("content_block_delta", {
    index: 0,
    delta: { type: "text_delta", text: String(process.hrtime.bigint()) },
  });
const closing =
  event("content_block_stop", { index: 0 }) +
  event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } }) +
  event("message_stop", {});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const drained = (response) => new Promise((resolve) => response.once("drain", resolve));

const stream = async (response, events, gapMs) => {
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
  response.write(opening);
  for (let i = 0; i < events && !response.destroyed; i++) {
    if (gapMs) await pause(gapMs);
    if (!response.write(stamped())) await drained(response);
  }
  response.end(closing);
};

const answer = (request, response) => {
  const query = new URLSearchParams(request.url.split("?")[1]);
  const events = Number(query.get("events") ?? 0);
  if (events) return void stream(response, events, Number(query.get("gapMs")));
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": message.length });
  response.end(message);
};

process.stdin.resume().once("end", () => process.exit());
const server = http.createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  request.on("data", () => {});
  request.on("end", () => answer(request, response));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
