// SPDX-License-Identifier: EUPL-1.2
// An SMS gateway that keeps what it is given. Options: --port, --control-port (0: any), --token,
// --cert and --key (files, for TLS).
//
// POST /messages {"to","text","from"?} with "Authorization: Bearer TOKEN" and "Idempotency-Key":
// 201 {"id"}; the same key again gives the same answer and sends nothing; 401 without the token;
// 422 for a number that is not a Polish one.
// Control: GET /messages (?after=N: those after the first N), POST /clear, POST /mode {"mode", "times"?}: "ok", "fail" (503),
// "lose" (takes the message, then breaks the connection), "hang", "refuse" (422), "busy" (429),
// "babble" (an endless answer); with "times" back to "ok" after so many requests.
import {
  controlServer,
  httpServer,
  listen,
  readBody,
  readOptions,
  readTls,
  ready,
  sendJson,
} from './service.mjs';

const options = readOptions({
  port: '0',
  'control-port': '0',
  token: 'test-token',
  cert: '',
  key: '',
});
const messages = [];
const byKey = new Map();
let mode = 'ok';
let timesLeft = Infinity;
let requests = 0;

function modeNow() {
  const now = mode;
  if (now !== 'ok' && --timesLeft <= 0) mode = 'ok';
  return now;
}

function babble(response) {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = () => {
    if (!response.destroyed) response.write('x'.repeat(65536), () => setImmediate(more));
  };
  more();
}

async function take(request, response) {
  const body = await readBody(request);
  requests += 1;
  if (request.method !== 'POST' || request.url !== '/messages')
    return sendJson(response, 404, { error: 'not here' });
  if (request.headers.authorization !== `Bearer ${options.token}`)
    return sendJson(response, 401, { error: 'who are you' });
  const now = modeNow();
  if (now === 'hang') return undefined;
  if (now === 'babble') return babble(response);
  if (now === 'fail') return sendJson(response, 503, { error: 'out of order' });
  if (now === 'busy')
    return sendJson(response, 429, { error: 'slow down' }, { 'retry-after': '1' });
  const key = request.headers['idempotency-key'];
  if (!key) return sendJson(response, 400, { error: 'no Idempotency-Key' });
  const message = JSON.parse(body.toString('utf8'));
  if (now === 'refuse' || !/^\+48[0-9]{9}$/.test(message.to))
    return sendJson(response, 422, { error: 'no such number' });
  let kept = byKey.get(key);
  if (!kept) {
    kept = { id: String(messages.length + 1), key, ...message };
    byKey.set(key, kept);
    messages.push(kept);
  }
  if (now === 'lose') return response.destroy();
  return sendJson(response, 201, { id: kept.id });
}

const port = await listen(httpServer(take, readTls(options)), options.port);
const control = await listen(
  controlServer({
    'GET /messages': (_, query) => ({
      messages: messages.slice(Number(query.get('after') ?? 0)),
      requests,
    }),
    'POST /clear': () => {
      messages.length = 0;
      byKey.clear();
      requests = 0;
    },
    'POST /mode': (body) => {
      mode = body.mode;
      timesLeft = body.times ?? Infinity;
    },
  }),
  options['control-port'],
);
ready({ service: 'sms', port, control });
