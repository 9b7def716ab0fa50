// A server that does nothing, what a start costs at least in Node: `node bare.mjs <port>`.
import http from "node:http";

http.createServer((_, response) => response.end("{}")).listen(Number(process.argv[2]), "127.0.0.1");
