// SPDX-License-Identifier: EUPL-1.2
// A mail server that keeps what it is given. Options: --port, --control-port (0: any), --user and
// --password (a log-in is then demanded), --cert and --key (files: STARTTLS is then offered).
//
// Control: GET /messages (sender, recipients, the raw bytes in base64, and subject and text as a
// mail program shows them), POST /clear, POST /mode {"mode"}: "ok", "refuse" (550 for every
// recipient), "busy" (451), "full" (452), "hang".
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { controlServer, listen, readOptions, readTls, ready } from './service.mjs';

const options = readOptions({
  port: '0',
  'control-port': '0',
  user: '',
  password: '',
  cert: '',
  key: '',
});
const tls = readTls(options);
const messages = [];
let mode = 'ok';

function answer(code, text) {
  const error = new Error(text);
  error.responseCode = code;
  return error;
}

const server = new SMTPServer({
  ...tls,
  banner: 'test',
  disableReverseLookup: true,
  disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(options.user ? [] : ['AUTH'])],
  // Over plain connections too, so that a test sees whether a password would be sent on one.
  allowInsecureAuth: true,
  size: 1 << 20,
  onAuth(credentials, session, callback) {
    if (credentials.username === options.user && credentials.password === options.password)
      return callback(null, { user: options.user });
    return callback(answer(535, 'wrong user or password'));
  },
  onRcptTo(address, session, callback) {
    if (mode === 'refuse') return callback(answer(550, 'no such mailbox'));
    if (mode === 'busy') return callback(answer(451, 'later'));
    if (mode === 'full') return callback(answer(452, 'full'));
    if (mode === 'hang') return undefined;
    return callback();
  },
  async onData(stream, session, callback) {
    const parts = [];
    for await (const part of stream) parts.push(part);
    const raw = Buffer.concat(parts);
    const shown = await PostalMime.parse(raw);
    messages.push({
      from: session.envelope.mailFrom.address,
      to: session.envelope.rcptTo.map((recipient) => recipient.address),
      encrypted: session.secure,
      user: session.user ?? '',
      raw: raw.toString('base64'),
      shown: {
        subject: shown.subject,
        text: shown.text?.replaceAll('\r\n', '\n'),
        from: shown.from,
        to: shown.to,
        date: shown.date,
        id: shown.messageId,
        headers: shown.headers.map((header) => header.key),
      },
    });
    callback();
  },
});
server.on('error', () => {}); // a client that gives up is none of ours

const port = await listen(server.server, options.port);
const control = await listen(
  controlServer({
    'GET /messages': () => ({ messages }),
    'POST /clear': () => {
      messages.length = 0;
    },
    'POST /mode': (body) => {
      mode = body.mode;
    },
  }),
  options['control-port'],
);
ready({ service: 'mail', port, control });
