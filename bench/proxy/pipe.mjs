// A bare pass-through on node:http, what a proxy costs at least in Node: `node pipe.mjs <port of the upstream>`; prints its port, and
// ends with its standard input.
import http from "node:http";

const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 64 });
const port = Number(process.argv[2]);

process.stdin.resume().once("end", () => process.exit());
const server = http.createServer({ keepAliveTimeout: 600_000, noDelay: true }, (incoming, outgoing) => {
  const request = http.request(
    {
      host: "127.0.0.1",
      port,
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, host: `127.0.0.1:${port}` },
    },
    (response) => {
      outgoing.writeHead(response.statusCode, response.headers);
      response.pipe(outgoing);
    },
  );
  request.on("error", () => outgoing.destroy());
  incoming.pipe(request);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
