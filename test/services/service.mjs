// SPDX-License-Identifier: EUPL-1.2
// What the test services share: options, JSON over HTTP on this machine, one line when ready, an
// end on SIGTERM. None of them is for anything but tests and demonstrations.
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const bodyBytesMax = 1 << 20;

// --name VALUE … with these defaults; anything else ends the program.
export function readOptions(defaults) {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: 'string' }]),
  );
  const { values } = parseArgs({ options, allowPositionals: false });
  return { ...defaults, ...values };
}

// The certificate and key for TLS if both files are named.
export function readTls(options) {
  if (!options.cert || !options.key) return undefined;
  return { cert: readFileSync(options.cert), key: readFileSync(options.key) };
}

export async function readBody(request) {
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > bodyBytesMax) throw new Error('the request is too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export function sendJson(response, status, value, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

// Listens on this machine only; resolves to the port.
export function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(port), '127.0.0.1', () => resolve(server.address().port));
  });
}

export function httpServer(handler, tls) {
  const guarded = async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      if (!response.headersSent) sendJson(response, 400, { error: String(error.message) });
      else response.destroy();
    }
  };
  return tls ? createTlsServer(tls, guarded) : createServer(guarded);
}

// The port on which tests look and meddle: {"METHOD /path": (body, query) => answer}, JSON both ways.
export function controlServer(routes) {
  return httpServer(async (request, response) => {
    const url = new URL(request.url, 'http://control');
    const route = routes[`${request.method} ${url.pathname}`];
    if (!route) return sendJson(response, 404, { error: 'no such control' });
    const body = await readBody(request);
    return sendJson(response, 200, (await route(body.length ? JSON.parse(body) : {}, url.searchParams)) ?? {});
  });
}

// Says that all is up, and where; from then on SIGTERM ends the program.
export function ready(description) {
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
  process.stdout.write(`${JSON.stringify(description)}\n`);
}
